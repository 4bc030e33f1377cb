import { afterEach, beforeEach, expect, it } from 'vitest';
import { startApi, type ApiHarness } from './testing/api-harness.ts';

const OPERATOR = { token: 'acme:olga:operator' };

let api: ApiHarness;
beforeEach(async () => {
  api = await startApi();
  const body = { limits: { requestsPerSecond: 5 } };
  await api.call('PUT', '/tenant', { ...OPERATOR, body });
});
afterEach(() => api.close());

/** How many of so many requests were let in. */
async function letIn(requests: number, token = 'acme:alice'): Promise<number> {
  let passed = 0;
  for (let sent = 0; sent < requests; sent++) {
    const { httpStatus } = await api.call('GET', '/tenant', { token });
    if (httpStatus === 200) passed++;
    else expect(httpStatus).toBe(429);
  }
  return passed;
}

it('lets twice as many in at once as in a second, and says when to come again', async () => {
  api.runtime.clock.advance(10_000);
  expect(await letIn(14)).toBe(10);
  const refused = await api.refused('GET', '/tenant');
  expect(refused).toMatchObject({ httpStatus: 429, code: 'rate.limited', retryable: true });
  expect(refused.headers.get('retry-after')).toBe('1');
  api.runtime.clock.advance(1_000);
  expect(await letIn(9)).toBe(5);
  api.runtime.clock.advance(3_600_000);
  expect(await letIn(14)).toBe(10);
});

it('counts each tenant for itself, and what takes no token not at all', async () => {
  api.runtime.clock.advance(10_000);
  expect(await letIn(12)).toBe(10);
  expect(await letIn(20, 'globex:bob')).toBe(20);
  expect((await api.call('GET', '/healthz', { token: null })).httpStatus).toBe(200);
  expect((await api.call('GET', '/tenant', { token: 'acme:late' })).httpStatus).toBe(401);
});
