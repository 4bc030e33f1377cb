import { upcast } from '@maestro/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inParallel } from './support/in-parallel.ts';
import {
  finishedLog,
  goalOf,
  startStandalone,
  type RunningStandalone,
} from './support/running-standalone.ts';
import { atScale } from './support/test-scale.ts';

const CONTINUATIONS = atScale({ short: 100, full: 1000 });
/** Times that each arms its next reminder from inside a reminder's callback, under the same name, over gRPC. */
const REARMS = 20;
/** The first sleep is armed at the start, the callback of the last reminder arms nothing. */
const TICKS = REARMS + 2;
const EVERY_MS = 100;

interface Life {
  readonly types: readonly string[];
  readonly lateMs: readonly number[];
  readonly earlyMs: readonly number[];
  readonly endedAtMs: number;
}

describe('reminders that are armed again inside their own callback', () => {
  let running: RunningStandalone;
  beforeAll(async () => {
    running = await startStandalone();
  });
  afterAll(() => running?.close());

  /** What the verified log of a continuation says about its ticks. */
  async function lifeOf(id: string, withinMs: number): Promise<Life> {
    const events = (await finishedLog(running.client, id, withinMs)).map((event) => upcast(event));
    const dueMs = new Map<number, number>();
    const lateMs: number[] = [];
    const earlyMs: number[] = [];
    for (const { type, payload, sequence, at } of events) {
      if (type === 'sleep' && payload.wake.kind === 'timer') {
        dueMs.set(sequence, Date.parse(payload.wake.at));
      }
      if (type !== 'wake' || payload.waitId === null) continue;
      const late = Date.parse(at) - (dueMs.get(payload.waitId) ?? Number.NaN);
      // A wait that has been ended, or has never been, is ended by nothing.
      dueMs.delete(payload.waitId);
      if (late >= 0) lateMs.push(late);
      else earlyMs.push(late);
    }
    expect([...dueMs.keys()], `${id} sleeps that nothing ended`).toEqual([]);
    const types = events.map(({ type }) => type);
    return { types, lateMs, earlyMs, endedAtMs: Date.parse(events.at(-1)?.at ?? '') };
  }

  it(
    `are neither lost nor swallowed by its acknowledgement: ${CONTINUATIONS} x ${REARMS}`,
    { timeout: 300_000 },
    async () => {
      const startedAtMs = Date.now();
      const goal = goalOf('countdown@1', { n: TICKS, everyMs: EVERY_MS });
      const ids = await inParallel(Array.from({ length: CONTINUATIONS }), 32, async () => {
        return (await running.client.start(goal)).id;
      });
      const lives = await inParallel(ids, 8, (id) => lifeOf(id, 200_000));
      const ticks = Array.from({ length: TICKS - 1 }, () => ['sleep', 'wake', 'step']).flat();
      for (const { types, lateMs, earlyMs } of lives) {
        expect(types).toEqual(['spawn', 'wake', 'step', ...ticks, 'publish']);
        expect(earlyMs).toEqual([]);
        expect(lateMs).toHaveLength(TICKS - 1);
      }
      const late = lives.flatMap(({ lateMs }) => lateMs).sort((a, b) => a - b);
      const seconds = (Math.max(...lives.map(({ endedAtMs }) => endedAtMs)) - startedAtMs) / 1000;
      console.log(
        `re-arms: ${CONTINUATIONS * REARMS} in ${seconds.toFixed(1)} s, ${((CONTINUATIONS * REARMS) / seconds).toFixed(0)}/s; wakes late by p50 ${late[Math.floor(late.length * 0.5)]} ms, p99 ${late[Math.floor(late.length * 0.99)]} ms, at most ${late.at(-1)} ms`,
      );
      // A reminder that was lost has nobody to deliver it again: generous, but not for ever.
      expect(late.at(-1)).toBeLessThan(60_000);
    },
  );
});
