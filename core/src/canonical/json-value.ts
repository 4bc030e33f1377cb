import { z } from 'zod';

/** A JSON value. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/**
 * Schema of any JSON value. It does not look inside: what arrives was parsed from JSON, what leaves is written by
 * `canonicalJson`, which refuses anything else, and walking every value twice would cost more than the rest of a commit.
 */
export const JsonValue = z.unknown() as unknown as z.ZodType<JsonValue>;
