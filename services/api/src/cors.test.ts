import { afterEach, expect, it } from 'vitest';
import { corsOrigins } from './cors-origins.ts';
import { startApi, type ApiHarness } from './testing/api-harness.ts';

const APP = 'https://app.example.com';

let api: ApiHarness;
afterEach(() => api?.close());

const from = (origin: string, more: Record<string, string> = {}) => ({
  headers: { origin, ...more },
});

const preflight = (origin: string) => ({
  token: null,
  ...from(origin, {
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization, idempotency-key',
  }),
});

it('lets pages of the origins that are named call it, and read what answers say', async () => {
  api = await startApi({ corsOrigins: ['https://other.example.com', APP] });
  const { httpStatus, headers } = await api.call('GET', '/tenant', from(APP));
  expect(httpStatus).toBe(200);
  expect(headers.get('access-control-allow-origin')).toBe(APP);
  expect(headers.get('access-control-allow-credentials')).toBeNull();
  expect(headers.get('vary')).toBe('Origin');
  const exposed = headers.get('access-control-expose-headers')?.split(', ');
  expect(exposed).toEqual(
    expect.arrayContaining(['etag', 'location', 'retry-after', 'x-request-id', 'deprecation']),
  );
  // Of a refusal a page has to see more than that there was one.
  const refusal = await api.refused('GET', '/tenant', { ...from(APP), token: null });
  expect(refusal.headers.get('access-control-allow-origin')).toBe(APP);
});

it('answers a preflight without a token, on every path', async () => {
  api = await startApi({ corsOrigins: [APP] });
  for (const path of ['/continuations', '/nowhere', '/healthz']) {
    const { httpStatus, headers, text } = await api.call('OPTIONS', path, preflight(APP));
    expect({ httpStatus, text }).toEqual({ httpStatus: 204, text: '' });
    expect(headers.get('access-control-allow-origin')).toBe(APP);
    expect(headers.get('access-control-allow-methods')).toContain('PUT');
    expect(headers.get('access-control-allow-headers')?.split(', ')).toEqual(
      expect.arrayContaining(['authorization', 'idempotency-key', 'if-none-match', 'traceparent']),
    );
    expect(headers.get('access-control-max-age')).toBe('7200');
    expect(headers.get('vary')).toBe('Origin');
  }
});

it('tells pages of other origins nothing', async () => {
  api = await startApi({ corsOrigins: [APP] });
  for (const origin of [
    'https://evil.example.com',
    `${APP}.evil.com`,
    'http://app.example.com',
    'null',
  ]) {
    for (const [method, options] of [
      ['OPTIONS', preflight(origin)],
      ['GET', from(origin)],
    ] as const) {
      const { headers } = await api.call(method, '/tenant', options);
      const names = [...headers.keys()].filter((name) => name.startsWith('access-control-'));
      expect(names, `${method} ${origin}`).toEqual([]);
      // A cache must not give what one origin got to another.
      expect(headers.get('vary')).toBe('Origin');
    }
  }
});

it('lets any page call it where the origins are *', async () => {
  api = await startApi({ corsOrigins: ['*'] });
  const { headers } = await api.call('GET', '/tenant', from('http://localhost:5173'));
  expect(headers.get('access-control-allow-origin')).toBe('*');
  expect(headers.get('vary')).toBeNull();
});

it('knows nothing of origins unless told, and takes OPTIONS for what it is', async () => {
  api = await startApi();
  const { headers } = await api.call('GET', '/tenant', from(APP));
  expect(headers.get('access-control-allow-origin')).toBeNull();
  expect(headers.get('vary')).toBeNull();
  expect(await api.refused('OPTIONS', '/tenant', preflight(APP))).toMatchObject({
    httpStatus: 405,
  });
  await api.close();
  api = await startApi({ corsOrigins: [APP] });
  // Without the header of a preflight it is a request like others.
  expect(await api.refused('OPTIONS', '/tenant', from(APP))).toMatchObject({ httpStatus: 405 });
});

it('takes origins as browsers write them', () => {
  expect(corsOrigins('', 'production')).toEqual([]);
  expect(corsOrigins(` ${APP}, http://localhost:5173 ,`, 'production')).toEqual([
    APP,
    'http://localhost:5173',
  ]);
  expect(corsOrigins('*', 'development')).toEqual(['*']);
});

it.each([
  ['*', /development/],
  [`${APP}/`, /write https:\/\/app\.example\.com instead/],
  [`${APP}:443`, /write https:\/\/app\.example\.com instead/],
  ['https://App.example.com', /write https:\/\/app\.example\.com instead/],
  ['app.example.com', /is not a whole origin/],
  ['https://*.example.com', /is not a whole origin/],
  ['null', /is not a whole origin/],
  ['file:///index.html', /is not a whole origin/],
])('refuses to start with %s in production', (text, message) => {
  expect(() => corsOrigins(text, 'production')).toThrowError(
    expect.objectContaining({ code: 'config.invalid', message: expect.stringMatching(message) }),
  );
});

it('refuses to start with * beside an origin', () => {
  expect(() => corsOrigins(`*,${APP}`, 'development')).toThrowError(/MAESTRO_CORS_ORIGINS/);
});
