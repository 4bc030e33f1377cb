import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestListener } from 'node:http';

/** Header by which the sidecar shows the application's token (`APP_API_TOKEN`), whatever its caller has sent. */
const TOKEN_HEADER = 'dapr-api-token';

/** What the sidecar's probe, an orchestrator and Prometheus ask without a token. */
const OPEN_PATHS: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz', '/metrics']);

/**
 * Refuses what comes to the app port from elsewhere than the sidecar: 401 to every request without the token that both
 * have been given. Probes and metrics are open.
 *
 * @param token left out: everything is let through, as Dapr does.
 */
export function requireAppToken(
  token: string | undefined,
  listener: RequestListener,
): RequestListener {
  if (token === undefined) return listener;
  const expected = digestOf(token);
  return (request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    if (request.method === 'GET' && OPEN_PATHS.has(path)) return listener(request, response);
    const given = request.headers[TOKEN_HEADER];
    if (typeof given === 'string' && timingSafeEqual(digestOf(given), expected)) {
      return listener(request, response);
    }
    const text = JSON.stringify({
      code: given === undefined ? 'auth.missing' : 'auth.invalid',
      message: `this port is the sidecar's: send its ${TOKEN_HEADER}`,
    });
    // The body is not read, so nothing else can come on this connection.
    response
      .writeHead(401, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
        connection: 'close',
      })
      .end(text);
  };
}

/** Of one length, so that comparing takes the same time whatever was sent. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
