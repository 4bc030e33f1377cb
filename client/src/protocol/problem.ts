import { z } from 'zod';

/** Body of every refusal: a problem of RFC 9457, as `application/problem+json`. */
export const Problem = z.object({
  /** `/errors/{code}`, relative to the API. */
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  /** What was wrong this time, and what to do. */
  detail: z.string(),
  /** Stable: `area.reason`. */
  code: z.string(),
  /** Whether the same request may be sent again as it is. */
  retryable: z.boolean(),
  /** The request's id, for whoever reads the logs. */
  instance: z.string().optional(),
  errors: z
    .array(
      z.object({
        /** JSON pointer into the body, or the name of a header or parameter. */
        at: z.string(),
        message: z.string(),
      }),
    )
    .optional(),
});
export type Problem = z.infer<typeof Problem>;
