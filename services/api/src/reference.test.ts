import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApi, type ApiHarness } from './testing/api-harness.ts';

let api: ApiHarness;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const anonymous = { token: null };

it('is a page for anybody, under a policy that lets nothing but its own parts in', async () => {
  const { httpStatus, headers, text } = await api.call('GET', '/reference', anonymous);
  expect(httpStatus).toBe(200);
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'self' 'sha256-\S+'; script-src 'self' 'sha256-\S+'; connect-src 'self'; img-src data:;/,
  );
  expect(headers.get('cache-control')).toBe('no-cache');
  expect(text).toContain("url: 'openapi.json'");
});

it('needs nothing that is not served here', async () => {
  const { text } = await api.call('GET', '/reference', anonymous);
  const addresses = [...text.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, address]) => address!);
  expect(addresses).toContain('reference/swagger-ui-bundle.js');
  for (const address of addresses.filter((other) => !other.startsWith('data:'))) {
    const url = new URL(address, 'http://maestro.test/reference');
    expect(url.origin, address).toBe('http://maestro.test');
    const asset = await api.call('GET', url.pathname, anonymous);
    expect(asset.httpStatus, address).toBe(200);
    expect(asset.headers.get('etag')).not.toBeNull();
  }
  expect(text).not.toMatch(/https?:\/\//);
});

it('is found with a slash at the end, too', async () => {
  const { url, redirected, status } = await fetch(`${api.api.url}/reference/`);
  expect({ url, redirected, status }).toEqual({
    url: `${api.api.url}/reference`,
    redirected: true,
    status: 200,
  });
});

it('has its files as what they are', async () => {
  const script = await api.call('GET', '/reference/swagger-ui-bundle.js', anonymous);
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(script.headers.get('x-content-type-options')).toBe('nosniff');
  expect(script.text).toContain('SwaggerUIBundle');
  const style = await api.call('GET', '/reference/swagger-ui.css', anonymous);
  expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8');
  // Its images are in it.
  const urls = [...style.text.matchAll(/url\(["']?([^"')]*)/g)].map(([, url]) => url!);
  expect(urls.filter((url) => !url.startsWith('data:'))).toEqual([]);
  const known = { headers: { 'if-none-match': script.headers.get('etag')! }, ...anonymous };
  const again = await api.call('GET', '/reference/swagger-ui-bundle.js', known);
  expect(again).toMatchObject({ httpStatus: 304, text: '' });
});

it.each(['package.json', 'index.html', '..%2Fpackage.json', 'constructor', 'x'])(
  'serves no other file: %s',
  async (name) => {
    expect(await api.refused('GET', `/reference/${name}`, anonymous)).toMatchObject({
      httpStatus: 404,
      code: 'route.not_found',
    });
  },
);
