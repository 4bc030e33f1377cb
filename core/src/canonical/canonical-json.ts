import canonicalize from 'canonicalize';

/**
 * The canonical JSON text of a value (RFC 8785): keys sorted, no white space, numbers as ECMAScript prints them.
 * Every stored row and everything that is hashed is written this way, so equal values have equal bytes.
 *
 * @throws TypeError when the value has no JSON form (undefined, a function, NaN, an infinity).
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('the value has no JSON form');
  return text;
}
