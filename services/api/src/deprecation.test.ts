import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:http';
import { MaestroError } from '@maestro/core';
import express from 'express';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { API_VERSION } from './http/api-version.ts';
import { deprecationHeaders, type Deprecation } from './http/deprecation.ts';
import { mountRoutes } from './http/mount-routes.ts';
import { refuse } from './http/refuse.ts';
import { defineRoute, type Route } from './http/route.ts';
import { openapiDocument } from './openapi/openapi-document.ts';
import { plainIdentity, startApi } from './testing/api-harness.ts';

const OLD: Deprecation = {
  since: '2026-12-01',
  sunset: '2027-06-30',
  instead: 'Call `GET /tenant` instead.',
};

/** A route that says when it is told to, and refuses otherwise. */
const route = (deprecated?: Deprecation): Route =>
  defineRoute({
    method: 'get',
    path: '/old',
    operationId: 'getTenant',
    summary: 'What is old',
    description: 'It was good once.',
    ...(deprecated ? { deprecated } : {}),
    answers: { 200: { description: 'It' } },
    errors: [],
    handle: ({ http }) => {
      if (http.query['fail'] !== undefined) throw new MaestroError('blob.not_found', 'no');
      return { status: 200, body: '{}' };
    },
  });

const none = async (): Promise<never> => Promise.reject(new Error('nobody asks for this'));

let server: Server;
let url: string;
beforeEach(async () => {
  const app = express();
  const gatekeepers = {
    identity: plainIdentity,
    tenants: { freeze: none, find: async () => undefined, deletion: async () => undefined },
    rateLimit: { take: async () => undefined },
  };
  const log = pino({ level: 'silent' });
  const audit = { audit: { append: none }, clock: { nowMs: () => 0 }, log };
  app.use(mountRoutes([route(OLD)], gatekeepers, audit));
  app.use(refuse(log));
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/old`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

it('every answer of a deprecated route says since when and how long, refusals too', async () => {
  const authorization = 'Bearer acme:alice';
  for (const [path, status, headers] of [
    ['', 200, { authorization }],
    ['', 304, { authorization, 'if-none-match': '*' }],
    ['?fail', 404, { authorization }],
    ['', 401, {}],
  ] as const) {
    const answer = await fetch(`${url}${path}`, { headers });
    expect(answer.status).toBe(status);
    // RFC 9745: a date of structured fields. RFC 8594: an HTTP date.
    expect(answer.headers.get('deprecation')).toBe('@1796083200');
    expect(answer.headers.get('sunset')).toBe('Wed, 30 Jun 2027 00:00:00 GMT');
    expect(answer.headers.get('link')).toBe('</reference>; rel="deprecation"; type="text/html"');
  }
});

it('the document says it, and what to do instead', () => {
  const { paths } = openapiDocument([route(OLD)]) as {
    readonly paths: { readonly '/old': { readonly get: Record<string, unknown> } };
  };
  expect(paths['/old'].get).toMatchObject({
    deprecated: true,
    description:
      'Deprecated since 2026-12-01; may end on 2027-06-30. Call `GET /tenant` instead.\n\nIt was good once.',
    responses: { 200: { headers: { Deprecation: {}, Sunset: {}, Link: {} } } },
  });
  const text = JSON.stringify(openapiDocument([route()]));
  expect(text).not.toContain('eprecat');
});

it.each([
  ['2026-12-01', '2027-05-29'],
  ['2026-12-01', '2026-11-30'],
  ['2026-12-01', 'soon'],
  ['2026-12-01T00:00:00Z', '2027-12-01'],
  ['2026-12-41', '2027-12-01'],
])('a route cannot be deprecated on %s and end on %s', (since, sunset) => {
  expect(() => deprecationHeaders({ ...OLD, since, sunset })).toThrowError(RangeError);
});

it('a route can end 180 days later', () => {
  expect(deprecationHeaders({ ...OLD, since: '2026-12-01', sunset: '2027-05-30' }).sunset).toBe(
    'Sun, 30 May 2027 00:00:00 GMT',
  );
});

it('every answer says of which version it is, and nothing of an end that is not near', async () => {
  const api = await startApi();
  for (const [method, path] of [
    ['GET', '/tenant'],
    ['POST', '/tenant'],
    ['GET', '/nowhere'],
    ['HEAD', '/healthz'],
    ['GET', '/openapi.json'],
  ] as const) {
    const { headers } = await api.call(method, path);
    expect(headers.get('api-version'), `${method} ${path}`).toBe(API_VERSION);
    expect(headers.get('deprecation')).toBeNull();
    expect(headers.get('sunset')).toBeNull();
  }
  const { json } = await api.call('GET', '/openapi.json');
  expect(json).toMatchObject({ info: { version: API_VERSION } });
  await api.close();
});
