import { ERROR_CATALOGUE, isErrorCode, MaestroError } from '@maestro/core';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';

/** `GET /healthz`: alive, whatever the backends do. */
export function liveness(): Route {
  return defineRoute({
    method: 'get',
    path: '/healthz',
    operationId: 'liveness',
    etag: false,
    summary: 'Whether the process lives',
    answers: { 200: { description: 'It does', example: { status: 'ok' } } },
    errors: [],
    handle: () => ({ status: 200, body: '{"status":"ok"}' }),
  });
}

/** `GET /readyz`: whether requests can be served. */
export function readiness({ ready, stopping }: ApiParts): Route {
  return defineRoute({
    method: 'get',
    path: '/readyz',
    operationId: 'readiness',
    etag: false,
    summary: 'Whether requests can be served, and if not, what is missing',
    answers: {
      200: {
        description: 'Ready',
        schema: 'Readiness',
        example: { ready: true, checks: [{ name: 'sidecar', ok: true }] },
      },
      503: {
        description: 'Not ready',
        schema: 'Readiness',
        example: {
          ready: false,
          checks: [{ name: 'sidecar', ok: false, message: 'it does not answer' }],
        },
      },
    },
    errors: [],
    handle: async () => {
      const checks = stopping.aborted
        ? [{ name: 'server', ok: false, message: 'it is shutting down' }]
        : await ready();
      const isReady = checks.every(({ ok }) => ok);
      return { status: isReady ? 200 : 503, body: { ready: isReady, checks } };
    },
  });
}

/** `GET /metrics`: for Prometheus. */
export function metricsRoute(metrics: () => Promise<string>): Route {
  return defineRoute({
    method: 'get',
    path: '/metrics',
    operationId: 'metrics',
    etag: false,
    summary: 'Measurements, for Prometheus',
    answers: { 200: { description: 'The measurements', contentType: 'text/plain' } },
    errors: [],
    handle: async () => ({
      status: 200,
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      body: await metrics(),
    }),
  });
}

/** `GET /errors/{code}`: what the `type` of a problem points at. */
export function errorReference(): Route {
  return defineRoute({
    method: 'get',
    path: '/errors/:code',
    operationId: 'describeError',
    summary: 'What an error code means',
    answers: {
      200: {
        description: 'The entry of the catalogue',
        example: { code: 'auth.missing', ...ERROR_CATALOGUE['auth.missing'] },
      },
    },
    errors: ['route.not_found'],
    handle: ({ http }) => {
      const code = String(http.params['code']);
      if (!isErrorCode(code)) throw new MaestroError('route.not_found', 'there is no such code');
      return { status: 200, body: { code, ...ERROR_CATALOGUE[code] } };
    },
  });
}
