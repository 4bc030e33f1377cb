import { z } from 'zod';

const marked = z.registry<{ readonly why: string }>();

/**
 * Marks a schema's values as no free text: ids, names that code goes by, program text. They are stored as they are, whatever
 * they look like. Texts of a pattern or a format (dates, hashes, ids) need no mark.
 *
 * @param why what they are, for whoever reads the schema.
 */
export function verbatim<T extends z.ZodType>(schema: T, why: string): T {
  const copy = schema.clone();
  marked.add(copy, { why });
  return copy;
}

/** Whether a schema, or one that it was derived from, is marked as no free text. */
export function isVerbatim(schema: z.core.$ZodType): boolean {
  for (let one: z.core.$ZodType | undefined = schema; one; one = one._zod.parent) {
    if (marked.has(one)) return true;
  }
  return false;
}
