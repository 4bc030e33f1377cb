import { z } from 'zod';

/** The most records of one page. */
export const MAX_AUDIT_PAGE = 500;

/** Answer of `GET /audit`. */
export const AuditPage = z.object({
  /** Records as they are stored, so that their hashes can be checked. */
  records: z.array(z.string()),
  /** Number to go on from; null at the end of the log. */
  next: z.int().nullable(),
});
export type AuditPage = z.infer<typeof AuditPage>;
