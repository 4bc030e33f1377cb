import { PrometheusObservability } from '@maestro/actors';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startApi, type ApiHarness } from './testing/api-harness.ts';

let observability: PrometheusObservability;
let api: ApiHarness;
beforeEach(async () => {
  observability = new PrometheusObservability();
  api = await startApi({ observability });
});
afterEach(() => api.close());

const shown = async (name: string): Promise<readonly string[]> =>
  (await observability.scrape()).split('\n').filter((line) => line.startsWith(name));

it('counts what was answered by operation and status, refusals too, and never by path', async () => {
  const id = await api.start('wait@1');
  await api.call('GET', `/continuations/${id}`);
  await api.call('GET', `/continuations/${id}`, { token: null });
  await api.call('GET', '/continuations/no-id');
  await api.call('GET', '/no-such-route');
  await expect
    .poll(() => shown('maestro_requests_total'))
    .toEqual([
      'maestro_requests_total{operation="startContinuation",status="201"} 1',
      'maestro_requests_total{operation="getContinuation",status="200"} 1',
      'maestro_requests_total{operation="getContinuation",status="401"} 1',
      'maestro_requests_total{operation="getContinuation",status="400"} 1',
    ]);
  expect(await shown('maestro_request_ms_count')).toEqual([
    'maestro_request_ms_count{method="POST"} 1',
    'maestro_request_ms_count{method="GET"} 3',
  ]);
});

it('counts what the client has given up on as that, not as done', async () => {
  const leaving = new AbortController();
  await api.close();
  api = await startApi({
    observability,
    ready: () => {
      leaving.abort();
      return new Promise(() => undefined);
    },
  });
  await expect(fetch(`${api.api.url}/readyz`, { signal: leaving.signal })).rejects.toThrow();
  await expect
    .poll(() => shown('maestro_requests_total'))
    .toEqual(['maestro_requests_total{operation="readiness",status="aborted"} 1']);
});

it('does not measure how long somebody listens, or waits for an event', async () => {
  const id = await api.start('wait@1');
  const leaving = new AbortController();
  const headers = { authorization: 'Bearer acme:alice' };
  const url = `${api.api.url}/continuations/${id}/events/stream`;
  await fetch(url, { headers, signal: leaving.signal });
  leaving.abort();
  await expect
    .poll(() => shown('maestro_requests_total{operation="streamEvents"'))
    .toEqual(['maestro_requests_total{operation="streamEvents",status="200"} 1']);
  await api.call('GET', `/continuations/${id}/events?from=5&wait=1`);
  await expect.poll(() => shown('maestro_requests_total{operation="listEvents"')).toHaveLength(1);
  expect(await shown('maestro_request_ms_count')).toEqual([
    'maestro_request_ms_count{method="POST"} 1',
  ]);
});
