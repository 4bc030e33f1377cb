import { z } from 'zod';

const personal = z.registry<{ readonly kind: string }>();

/** What stands in the log where personal data stood. */
export const REDACTED = '[redacted]';

/**
 * Marks a schema's values as personal data of a kind (`name`, `email`, `free-text` ...): they are replaced by
 * {@link REDACTED} before an event is hashed and written, so the marked schema must accept strings.
 */
export function personalData<T extends z.ZodType>(schema: T, kind: string): T {
  const marked = schema.clone();
  personal.add(marked, { kind });
  return marked;
}

/** Whether a schema (not counting what it wraps) is marked as personal data. */
export function isPersonalData(schema: z.core.$ZodType): boolean {
  return personal.has(schema);
}
