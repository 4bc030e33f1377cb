import type { RequestHandler } from 'express';

/** How long a browser remembers what it may send, in seconds. No browser takes more than a day, Chromium two hours. */
const MAX_AGE_S = 7200;

const METHODS = 'GET, HEAD, POST, PUT, DELETE';

/** Headers that a page may send beside those that every page may. */
const REQUEST_HEADERS = [
  'authorization',
  'content-type',
  'idempotency-key',
  'if-none-match',
  'last-event-id',
  'traceparent',
  'tracestate',
  'x-request-id',
].join(', ');

/** Headers that a page may read beside those that every page may. */
const ANSWER_HEADERS = [
  'allow',
  'api-version',
  'deprecation',
  'etag',
  'link',
  'location',
  'retry-after',
  'sunset',
  'www-authenticate',
  'x-request-id',
].join(', ');

/**
 * Lets pages of other origins call the API from a browser. They send their token themselves, so there are no credentials
 * that the browser would add, and a page that is not among the origins has nothing to gain.
 *
 * @param origins exact origins, or `*` alone for any.
 */
export function allowOrigins(origins: readonly string[]): RequestHandler {
  const any = origins.includes('*');
  const allowed = new Set(origins);
  return (request, response, next) => {
    const { origin } = request.headers;
    if (!any) response.vary('Origin');
    const lets = origin !== undefined && (any || allowed.has(origin));
    if (lets) {
      response.setHeader('access-control-allow-origin', any ? '*' : origin);
      response.setHeader('access-control-expose-headers', ANSWER_HEADERS);
    }
    const asks = request.headers['access-control-request-method'] !== undefined;
    if (request.method !== 'OPTIONS' || origin === undefined || !asks) {
      next();
      return;
    }
    // A preflight: the browser sends no token with it, and needs an answer whatever comes of the request.
    if (lets) {
      response.setHeader('access-control-allow-methods', METHODS);
      response.setHeader('access-control-allow-headers', REQUEST_HEADERS);
      response.setHeader('access-control-max-age', String(MAX_AGE_S));
    }
    response.writeHead(204).end();
  };
}
