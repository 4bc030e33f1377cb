import { randomBytes } from 'node:crypto';

const VALID = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The W3C traceparent of a request: the caller's if it is valid, otherwise a new root. */
export function traceparentOf(header: string | string[] | undefined): string {
  if (typeof header === 'string' && VALID.test(header)) return header;
  const random = randomBytes(24).toString('hex');
  return `00-${random.slice(0, 32)}-${random.slice(32)}-01`;
}
