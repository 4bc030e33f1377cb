import { z } from 'zod';

/** The longest value, in bytes of canonical JSON, that an event holds itself: beyond it a reference stands in its place. */
export const MAX_INLINE_BYTES = 64 * 1024;

/** The largest value that a step may hand over, in bytes of JSON. */
export const MAX_VALUE_BYTES = 2 * 1024 * 1024;

/** Stands for a value that was too large for a row: its canonical JSON is a blob under its SHA-256. */
export const BlobReference = z.strictObject({
  $blob: z.strictObject({
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    /** Length of the canonical JSON in UTF-8. */
    bytes: z.int().min(1),
  }),
});
export type BlobReference = z.infer<typeof BlobReference>;

/** The hashes of all values that a payload only refers to, each once. */
export function blobReferences(payload: unknown): readonly string[] {
  const found = new Set<string>();
  collect(payload, found);
  return [...found];
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if ('$blob' in value) {
    const reference = BlobReference.safeParse(value);
    if (reference.success) found.add(reference.data.$blob.sha256);
  }
  for (const inner of Object.values(value)) collect(inner, found);
}
