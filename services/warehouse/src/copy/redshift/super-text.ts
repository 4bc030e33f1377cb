/** A text within a SUPER has 65,535 bytes at most, and a character four. Facts need none as long as this. */
const MAX_CHARS = 16_000;

/**
 * A row as it can become a SUPER, for building: without NULs, which no text can have, and with what is left of texts that
 * are too long. Its bytes are kept elsewhere.
 */
export function superText(row: string): string {
  const withoutNul = row.replaceAll(String.raw`\u0000`, String.raw`\ufffd`);
  if (withoutNul.length <= MAX_CHARS) return withoutNul;
  return JSON.stringify(JSON.parse(withoutNul), (_name, value: unknown) =>
    typeof value === 'string' && value.length > MAX_CHARS ? cut(value) : value,
  );
}

/** The beginning of a text, which does not end within a character. */
function cut(text: string): string {
  const code = text.charCodeAt(MAX_CHARS - 1);
  const isHalf = code >= 0xd8_00 && code <= 0xdb_ff;
  return text.slice(0, isHalf ? MAX_CHARS - 1 : MAX_CHARS);
}
