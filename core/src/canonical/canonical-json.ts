import canonicalize from 'canonicalize';

/**
 * The canonical JSON text of a value (RFC 8785): keys sorted, no white space, numbers as ECMAScript prints them.
 * Every stored row and everything that is hashed is written this way, so equal values have equal bytes.
 *
 * @throws TypeError when the value has no such form: undefined, a function, NaN, an infinity, a circle, or a text with
 * half of a surrogate pair.
 */
export function canonicalJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (error) {
    throw new TypeError('the value has no canonical JSON form', { cause: error });
  }
  if (text === undefined) throw new TypeError('the value has no JSON form');
  return text;
}
