import { randomUUID } from 'node:crypto';

const VALID = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The W3C traceparent of a request: the caller's if it is valid, otherwise a new root. */
export function traceparentOf(header: string | string[] | undefined): string {
  if (typeof header === 'string' && VALID.test(header)) return header;
  // Random UUIDs come out of a pool; fresh bytes would cost a system call each time.
  const traceId = randomUUID().replaceAll('-', '');
  const spanId = randomUUID().replaceAll('-', '').slice(16);
  return `00-${traceId}-${spanId}-01`;
}
