/** A text in parts of at most so many bytes of UTF-8 each, none of which ends within a character. An empty text is one part. */
export function textParts(text: string, maxBytes: number): string[] {
  if (text.length * 3 <= maxBytes) return [text];
  const bytes = Buffer.from(text, 'utf8');
  const parts: string[] = [];
  let from = 0;
  while (from < bytes.length) {
    let to = Math.min(from + maxBytes, bytes.length);
    // 10xxxxxx goes on with a character.
    while (to < bytes.length && ((bytes[to] ?? 0) & 0xc0) === 0x80) to--;
    parts.push(bytes.toString('utf8', from, to));
    from = to;
  }
  return parts;
}
