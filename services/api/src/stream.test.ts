import { defineRecipe, next, sleep, timerAfter, type StoredEvent } from '@maestro/core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { startApi, type ApiHarness } from './testing/api-harness.ts';
import { LiveStream } from './testing/live-stream.ts';

let api: ApiHarness;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

it('gives what there is, what comes, and the end', async () => {
  const id = await api.start('noop@1', { sleepMs: 1000 });
  const live = await LiveStream.open(api, `/continuations/${id}/events/stream`);
  expect(live.response.headers.get('content-type')).toContain('text/event-stream');
  await vi.waitFor(() => expect(live.ids).toEqual([1, 2, 3, 4]));
  await api.runtime.advance(1000);
  await vi.waitFor(() => expect(live.ended).toBe(true));
  expect(live.ids).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(live.events).toEqual(['spawn', 'wake', 'step', 'sleep', 'wake', 'step', 'publish', 'end']);
  const row = await api.runtime.store.readEntry({ tenant: 'acme', id }, 7);
  expect(live.text).toContain(`data: ${row}\n`);
  expect(live.text).toContain('data: {"status":"completed","sequence":7}');
});

it('is nudged by the bus, and without one finds out by polling', async () => {
  const id = await api.start('wait@1');
  const live = await LiveStream.open(api, `/continuations/${id}/events/stream`);
  await vi.waitFor(() => expect(live.ids).toHaveLength(4));
  // Let the polls become slow: a nudge must not wait for the next one.
  await new Promise((resolve) => setTimeout(resolve, 1200));
  const since = performance.now();
  await api.call('POST', `/continuations/${id}/signals`, { body: { signal: 'go' } });
  await vi.waitFor(() => expect(live.events.at(-1)).toBe('end'), { interval: 5 });
  expect(performance.now() - since).toBeLessThan(700);
});

it('resumes after Last-Event-ID, which counts for more than from', async () => {
  const id = await api.start('noop@1', { sleepMs: 0 });
  await api.runtime.advance(0);
  const path = `/continuations/${id}/events/stream`;
  const resumed = await LiveStream.open(api, `${path}?from=1`, { 'last-event-id': '5' });
  await vi.waitFor(() => expect(resumed.ended).toBe(true));
  expect(resumed.ids).toEqual([6, 7]);
  const from = await LiveStream.open(api, `${path}?from=7`);
  await vi.waitFor(() => expect(from.ended).toBe(true));
  expect(from.ids).toEqual([7]);
});

it('answers 204 to a resume after the end, which makes an EventSource stop', async () => {
  const id = await api.start('noop@1', { sleepMs: 0 });
  await api.runtime.advance(0);
  const { httpStatus, text } = await api.call('GET', `/continuations/${id}/events/stream`, {
    headers: { 'last-event-id': '7' },
  });
  expect({ httpStatus, text }).toEqual({ httpStatus: 204, text: '' });
});

it('stops polling when the reader leaves', async () => {
  const id = await api.start('wait@1');
  const live = await LiveStream.open(api, `/continuations/${id}/events/stream`);
  await vi.waitFor(() => expect(live.ids).toHaveLength(4));
  const reads = vi.spyOn(api.runtime.store, 'readHead');
  live.leave();
  await new Promise((resolve) => setTimeout(resolve, 300));
  reads.mockClear();
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(reads).not.toHaveBeenCalled();
});

it('goes on when the store has not answered for a while', async () => {
  const id = await api.start('wait@1');
  const live = await LiveStream.open(api, `/continuations/${id}/events/stream`);
  await vi.waitFor(() => expect(live.ids).toHaveLength(4));
  const reads = vi.spyOn(api.runtime.store, 'readHead').mockRejectedValue(new Error('no store'));
  await vi.waitFor(() => expect(reads).toHaveBeenCalled(), { timeout: 3000 });
  reads.mockRestore();
  await api.call('POST', `/continuations/${id}/signals`, { body: { signal: 'go' } });
  await vi.waitFor(() => expect(live.events.at(-1)).toBe('end'), { timeout: 3000 });
  expect(live.ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

it('closes without an end when the server shuts down', async () => {
  const id = await api.start('wait@1');
  const live = await LiveStream.open(api, `/continuations/${id}/events/stream`);
  await vi.waitFor(() => expect(live.ids).toHaveLength(4));
  const since = performance.now();
  await api.close();
  await vi.waitFor(() => expect(live.ended).toBe(true));
  expect(live.events).not.toContain('end');
  expect(performance.now() - since).toBeLessThan(400);
});

it('gives a long log in order, to a slow reader too', async () => {
  const many = defineRecipe({
    name: 'many',
    version: 1,
    description: 'Makes many events',
    parameters: z.strictObject({}),
    state: z.strictObject({ left: z.int(), pad: z.string() }),
    start: () => ({ step: 'go', state: { left: 400, pad: 'x'.repeat(2000) } }),
    steps: {
      go: {
        inline: true,
        run: ({ nowMs }, { left, pad }) =>
          left % 10 === 0
            ? sleep(timerAfter(nowMs, left === 0 ? 60_000 : 1), 'go', { left: left - 1, pad })
            : next('go', { left: left - 1, pad }),
      },
    },
  });
  await api.close();
  api = await startApi({ more: [many] });
  const id = await api.start('many@1');
  await api.runtime.advance(1000);
  const { json } = await api.call('GET', `/continuations/${id}`);
  const { sequence } = json as { sequence: number };
  expect(sequence).toBeGreaterThan(400);
  const live = await LiveStream.open(api, `/continuations/${id}/events/stream`);
  await vi.waitFor(() => expect(live.ids).toHaveLength(sequence), { timeout: 5000 });
  expect(live.ids).toEqual(Array.from({ length: sequence }, (_, index) => index + 1));
  const data = [...live.text.matchAll(/^data: (.*)$/gm)].map(([, row]) => row!);
  expect(data.map((row) => (JSON.parse(row) as StoredEvent).sequence)).toEqual(live.ids);
  live.leave();
});
