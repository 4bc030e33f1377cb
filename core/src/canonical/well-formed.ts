/** Half of a surrogate pair without the other half. */
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A half pair as JSON.stringify writes it; the other alternative steps over escapes that are none. */
const ESCAPED_SURROGATE = /\\(?:u(d[89a-f][0-9a-f]{2})|.)/g;

/** A text with every half of a surrogate pair replaced by U+FFFD: only such a text has a canonical form (RFC 8785). */
export function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, '\ufffd');
}

/** The start of a text, at most `maxLength` characters; an emoji is not cut in half. */
export function shortened(text: string, maxLength: number): string {
  return wellFormed(text.slice(0, maxLength));
}

/** JSON text, as JSON.stringify writes it, with every half of a surrogate pair replaced by U+FFFD. */
export function wellFormedJson(json: string): string {
  if (!json.includes('\\ud')) return json;
  return json.replace(ESCAPED_SURROGATE, (escape, half?: string) => (half ? '\\ufffd' : escape));
}
