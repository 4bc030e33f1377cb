import type { Explanation } from '@maestro/client/protocol';
import { complete, defineRecipe, humanSignal, sleep, timerAfter } from '@maestro/core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { startApi, type ApiHarness } from './testing/api-harness.ts';

let aborted = false;
const slow = defineRecipe({
  name: 'slow',
  version: 1,
  description: 'A detached step that runs until it is aborted',
  parameters: z.strictObject({}),
  state: z.strictObject({}),
  start: () => ({ step: 'work', state: {} }),
  steps: {
    work: {
      run: async ({ abort }) => {
        await new Promise((resolve) => {
          abort.addEventListener('abort', resolve, { once: true });
        });
        aborted = true;
        return complete(null);
      },
    },
  },
});

const either = defineRecipe({
  name: 'either',
  version: 1,
  description: 'Waits for the first of two',
  parameters: z.strictObject({}),
  state: z.strictObject({}),
  start: () => ({ step: 'ask', state: {} }),
  steps: {
    ask: {
      inline: true,
      run: ({ nowMs }) =>
        sleep(
          {
            kind: 'anyOf',
            conditions: [timerAfter(nowMs, 3_600_000), humanSignal('go')],
          },
          'done',
        ),
    },
    done: { inline: true, run: () => complete(null) },
  },
});

let api: ApiHarness;
beforeEach(async () => {
  aborted = false;
  api = await startApi({ more: [slow, either] });
});
afterEach(() => api.close());

async function explain(id: string): Promise<Explanation> {
  const { json, httpStatus } = await api.call('GET', `/continuations/${id}/explain`);
  expect(httpStatus).toBe(200);
  return json as Explanation;
}

/** The result of a call that has to come at once. */
async function timed<T>(call: () => Promise<T>): Promise<T> {
  const since = performance.now();
  const result = await call();
  expect(performance.now() - since).toBeLessThan(1_000);
  return result;
}

it('says what a sleeper waits for, since when, and what would wake it', async () => {
  const id = await api.start('either@1');
  const since = new Date(api.runtime.clock.nowMs()).toISOString();
  const at = new Date(api.runtime.clock.nowMs() + 3_600_000).toISOString();
  await api.runtime.advance(120_000);
  expect(await explain(id)).toEqual({
    id,
    status: 'sleeping',
    summary: `It fell asleep 2 minutes ago and waits for the clock at ${at} (in 58 minutes), or the signal 'go'.`,
    since,
    waitingFor: [
      { kind: 'timer', at, inMs: 3_480_000 },
      { kind: 'human', signal: 'go' },
    ],
    wouldWake: [
      `the clock at ${at} (in 58 minutes)`,
      "the signal 'go'",
      "the signal 'kill', which ends it",
    ],
    lastWake: {
      cause: { kind: 'spawn', causeId: `spawn:${id}` },
      at: since,
      lateMs: 0,
      pending: [],
    },
    wakes: [{ at: since, kind: 'spawn', lateMs: 0 }],
  });
});

it('says why a pause ended nothing, and how it ended', async () => {
  const id = await api.start('wait@1');
  await api.call('POST', `/continuations/${id}/signals`, { body: { signal: 'pause' } });
  expect(await explain(id)).toMatchObject({
    status: 'paused',
    summary: expect.stringContaining('paused 0 ms ago by alice'),
    wouldWake: ["the signal 'resume'", "the signal 'kill', which ends it"],
  });
  await api.call('POST', `/continuations/${id}/signals`, { body: { signal: 'kill' } });
  expect(await explain(id)).toMatchObject({ status: 'killed', wouldWake: [], waitingFor: [] });
});

it('while a step runs, get, explain and kill answer in under 100 ms, and kill aborts it', async () => {
  const id = await api.start('slow@1');
  const shown = await timed(() => api.call('GET', `/continuations/${id}`));
  expect(shown.json).toMatchObject({
    status: 'running',
    activity: { kind: 'running' },
    dueAt: null,
  });
  const explanation = await timed(() => explain(id));
  expect(explanation).toMatchObject({
    status: 'running',
    running: { stepId: 'work#1', attempt: 1, leaseMs: 30_000 },
    summary: expect.stringContaining('work#1'),
  });
  const killed = await timed(() =>
    api.call('POST', `/continuations/${id}/signals`, { body: { signal: 'kill' } }),
  );
  expect(killed.json).toMatchObject({ changed: true, status: 'killed' });
  await vi.waitFor(() => expect(aborted).toBe(true));
});

it('a poke by an operator arms the reminder that the scheduler has lost', async () => {
  const id = await api.start('noop@1', { sleepMs: 1000 });
  api.runtime.scheduler.wipe();
  await api.runtime.advance(60_000);
  expect(await explain(id)).toMatchObject({
    status: 'sleeping',
    summary: expect.stringContaining('overdue by 59 seconds'),
  });
  const token = 'acme:olga:operator';
  const poked = await api.call('POST', `/continuations/${id}/wake`, { token });
  expect(poked).toMatchObject({ httpStatus: 200, json: { woken: true } });
  await api.runtime.advance(10_000);
  expect(await explain(id)).toMatchObject({ status: 'completed' });
});
