import { z } from 'zod';

/** How large the family trees of a tenant may grow, and how much it may ask. */
export const TenantLimits = z.strictObject({
  /** Generations below the root. */
  maxForkDepth: z.int().min(0).max(1000).default(16),
  /** Children of one continuation, over all its forks. */
  maxChildren: z.int().min(0).max(10_000).default(1000),
  /** Requests to one process of the API; twice as many may come at once. */
  requestsPerSecond: z.int().min(1).max(100_000).default(1000),
});
export type TenantLimits = z.infer<typeof TenantLimits>;
