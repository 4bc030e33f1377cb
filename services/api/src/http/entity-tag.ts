import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Answer } from './answer.ts';
import { ROUTE_PERMISSIONS } from './permissions.ts';
import type { ParameterDoc, Route } from './route.ts';

const TAG = /(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;

/** How the header is documented. */
export const IF_NONE_MATCH: ParameterDoc = {
  in: 'header',
  name: 'If-None-Match',
  description:
    'The ETag of what the caller has, or several, separated by commas: where one of them is still right, the answer is 304, without a body.',
  schema: { type: 'string' },
};

/** Whether what a route gives carries an ETag. */
export function hasEntityTag({ method, etag }: Pick<Route, 'method' | 'etag'>): boolean {
  return method === 'get' && etag !== false;
}

/** A strong entity tag: another one as soon as a single byte of the text is another. */
export function strongTag(text: string | Uint8Array): string {
  return `"${createHash('sha256').update(text).digest('base64url')}"`;
}

/** A weak one: the same for as long as what the text holds is, whatever else the answer says. */
export function weakTag(text: string): string {
  return `W/${strongTag(text)}`;
}

/**
 * What is got, with its ETag and what caches may do with it; 304 where the caller has it already. The tag is made of the body: a
 * head says nothing of a payload that was erased, nor of a release that tells more than the one before.
 */
export function conditionalAnswer(
  route: Pick<Route, 'method' | 'etag' | 'operationId'>,
  { headers: { 'if-none-match': known } }: IncomingMessage,
  answer: Answer,
): Answer {
  if (answer.status !== 200 || answer.body === undefined) return answer;
  if (!hasEntityTag(route)) {
    return { ...answer, headers: { 'cache-control': 'no-store', ...answer.headers } };
  }
  const { body: given } = answer;
  const body = typeof given === 'string' || Buffer.isBuffer(given) ? given : JSON.stringify(given);
  const isPublic = ROUTE_PERMISSIONS[route.operationId] === 'public';
  const etag = answer.headers?.['etag'] ?? strongTag(body);
  const headers = {
    'cache-control': isPublic ? 'no-cache' : 'private, no-cache',
    ...answer.headers,
    etag,
  };
  return matches(known, etag) ? { status: 304, headers } : { ...answer, headers, body };
}

/** The weak comparison of RFC 9110: `W/"a"` and `"a"` are the same. */
function matches(known: string | undefined, etag: string): boolean {
  if (known === undefined) return false;
  if (known.trim() === '*') return true;
  const opaque = etag.replace(/^W\//, '');
  return [...known.matchAll(TAG)].some(([, tag]) => tag === opaque);
}
