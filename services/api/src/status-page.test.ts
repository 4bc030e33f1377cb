import { MaestroError } from '@maestro/core';
import { afterEach, expect, it } from 'vitest';
import type { ApiParts } from './api-options.ts';
import type { ReadModel } from './read-model/read-model.ts';
import { statusPage } from './routes/status-page.ts';
import { startApi, type ApiHarness } from './testing/api-harness.ts';
import { sampleFigures } from './testing/sample-figures.ts';

let api: ApiHarness;
afterEach(() => api.close());

const anonymous = { token: null };

const nobody = () => Promise.reject(new Error('nobody asks for this'));

function modelOf(figures: ReadModel['figures']): ReadModel {
  return { figures, list: nobody, replay: nobody, erase: nobody };
}

it('is a page for anybody, under a policy that lets nothing else in', async () => {
  let asked = 0;
  const readModel = modelOf(async () => {
    asked++;
    return sampleFigures(Date.now(), {}, { sleeping: 1_234 });
  });
  api = await startApi({ readModel });
  const { httpStatus, headers, text } = await api.call('GET', '/status', anonymous);
  expect(httpStatus).toBe(200);
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+'; connect-src 'self';/,
  );
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(text).toContain('1,234');
  for (let times = 0; times < 20; times++) await api.call('GET', '/status', anonymous);
  expect(asked).toBe(1);
  expect(await api.call('HEAD', '/status', anonymous)).toMatchObject({ httpStatus: 200, text: '' });
  expect(await api.refused('POST', '/status', anonymous)).toMatchObject({ httpStatus: 405 });
});

it('is written once for all who ask within a second, also while figures are read', async () => {
  const clock = { ms: 1_767_270_665_000, step: 0, nowMs: () => (clock.ms += clock.step) };
  const figures = sampleFigures(clock.ms);
  const { handle } = statusPage({
    clock,
    ready: async () => [],
    readModel: modelOf(async () => figures),
  } as unknown as ApiParts);
  const asking = Array.from({ length: 5 }, async () => handle({} as never));
  // Nothing has been read yet. From now on the clock goes on a second at every look: each writing would show another time.
  clock.step = 1_000;
  const bodies = (await Promise.all(asking)).map((answer) => answer?.body);
  expect(new Set(bodies).size).toBe(1);
  expect(bodies[0]).toContain('</html>');
});

it('is there without a warehouse, and while it is away', async () => {
  api = await startApi();
  const without = await api.call('GET', '/status', anonymous);
  expect(without).toMatchObject({ httpStatus: 200 });
  expect(without.text).toContain('MAESTRO_WAREHOUSE_APP');
  await api.close();
  const secret = 'postgres://user:secret@10.0.0.1';
  api = await startApi({
    readModel: modelOf(() => Promise.reject(new MaestroError('warehouse.unavailable', secret))),
  });
  const away = await api.call('GET', '/status', anonymous);
  expect(away).toMatchObject({ httpStatus: 200 });
  expect(away.text).toContain('the warehouse has not answered since');
  expect(away.text).not.toContain('secret');
});

it('is not there when it is turned off', async () => {
  api = await startApi({ statusPage: false });
  expect(await api.refused('GET', '/status', anonymous)).toMatchObject({
    httpStatus: 404,
    code: 'route.not_found',
  });
});
