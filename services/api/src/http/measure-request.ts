import type { Observability } from '@maestro/core';
import type { Response } from 'express';
import type { Route } from './route.ts';

/**
 * Counts a request when its answer is out, or when the client has given up, and measures how long it took; how long
 * somebody listens to a live stream, or waits for an event, tells nothing.
 */
export function measureRequest(
  response: Response,
  { operationId, method }: Pick<Route, 'operationId' | 'method'>,
  observability: Observability,
): void {
  const began = performance.now();
  response.once('close', () => {
    observability.count('maestro_requests_total', {
      operation: operationId,
      // Until a head is sent the status is only the default.
      status: response.headersSent ? String(response.statusCode) : 'aborted',
    });
    if (response.locals['waits'] === true) return;
    const type = response.getHeader('content-type');
    if (typeof type === 'string' && type.startsWith('text/event-stream')) return;
    observability.record('maestro_request_ms', performance.now() - began, {
      method: method.toUpperCase(),
    });
  });
}
