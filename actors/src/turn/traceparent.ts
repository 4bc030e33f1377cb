import { z } from 'zod';

/** The W3C traceparent of the span that sent a command; what is none counts as left out. */
export const Traceparent = z
  .string()
  .regex(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/)
  .optional()
  .catch(undefined);
