import { expect, it } from 'vitest';
import { textParts } from './text-parts.ts';

it('cuts a text between characters, so that its parts are it', () => {
  const text = 'aä€𝄞'.repeat(1_000);
  for (const maxBytes of [4, 5, 6, 7, 97, 9_999]) {
    const parts = textParts(text, maxBytes);
    expect(parts.join('')).toBe(text);
    for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(maxBytes);
  }
  expect(textParts('', 10)).toEqual(['']);
});
