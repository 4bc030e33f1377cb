import { BlobReference } from '@maestro/core';

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
