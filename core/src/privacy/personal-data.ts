import { z } from 'zod';

const personal = z.registry<{ readonly kind: string }>();

/** What stands in the log where personal data stood. */
export const REDACTED = '[redacted]';

/**
 * Marks a schema's values as personal data of a kind (`name`, `email`, `free-text` ...): they are replaced by
 * {@link REDACTED} before an event is hashed and written. The mark stays on what is derived from the schema (`.min(1)`,
 * `.describe()`, `.optional()` ...).
 *
 * @throws TypeError when the schema does not accept {@link REDACTED}: what was written could not be read again.
 */
export function personalData<T extends z.ZodType>(schema: T, kind: string): T {
  if (!schema.safeParse(REDACTED).success) {
    throw new TypeError(`a schema of personal data (${kind}) has to accept '${REDACTED}'`);
  }
  const marked = schema.clone();
  personal.add(marked, { kind });
  return marked;
}

/** Whether a schema, or one that it was derived from, is marked as personal data; what it wraps does not count. */
export function isPersonalData(schema: z.core.$ZodType): boolean {
  for (let one: z.core.$ZodType | undefined = schema; one; one = one._zod.parent) {
    if (personal.has(one)) return true;
  }
  return false;
}
