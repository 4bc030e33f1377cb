import { complete, defineRecipe, sleep, timerAfter } from '@maestro/core';
import { z } from 'zod';

/** Upper bounds of lateness that wakes are counted under, in ms; the last count is of those beyond. */
const BOUNDS_MS = [10, 25, 50, 100, 250, 500, 1_000, 2_000, 5_000, 10_000, 60_000];

/** Sleeps and wakes until an instant, and counts how late it is woken. */
export const probe = defineRecipe({
  name: 'probe',
  version: 1,
  description: 'Sleeps and wakes again and again, and counts how late',
  parameters: z.strictObject({
    /** Sleep between two wakes, in ms. */
    everyMs: z.int().min(100).max(86_400_000).default(60_000),
    /** The first wake at or after this one completes. */
    until: z.iso.datetime(),
    /** What a wake may be late and still count as in time, in ms. */
    objectiveMs: z.int().min(1).max(3_600_000).default(2_000),
  }),
  state: z.strictObject({
    wakes: z.int().min(0),
    inTime: z.int().min(0),
    maxLateMs: z.number().min(0),
    counts: z.array(z.int().min(0)).length(BOUNDS_MS.length + 1),
  }),
  start: () => ({
    step: 'begin',
    state: { wakes: 0, inTime: 0, maxLateMs: 0, counts: [...BOUNDS_MS, 0].map(() => 0) },
  }),
  steps: {
    begin: {
      inline: true,
      run: ({ parameters, nowMs }) => sleep(timerAfter(nowMs, parameters.everyMs), 'woken'),
    },
    woken: {
      inline: true,
      run: ({ parameters, nowMs, wake }, before) => {
        const lateMs = wake?.lateMs ?? 0;
        const place = BOUNDS_MS.findIndex((bound) => lateMs <= bound);
        const slot = place < 0 ? BOUNDS_MS.length : place;
        const state = {
          wakes: before.wakes + 1,
          inTime: before.inTime + (lateMs <= parameters.objectiveMs ? 1 : 0),
          maxLateMs: Math.max(before.maxLateMs, lateMs),
          counts: before.counts.map((count, index) => count + (index === slot ? 1 : 0)),
        };
        if (nowMs < Date.parse(parameters.until)) {
          return sleep(timerAfter(nowMs, parameters.everyMs), 'woken', state);
        }
        const { wakes, inTime, maxLateMs, counts } = state;
        const report = {
          wakes,
          inTimeShare: inTime / wakes,
          p50LateMs: boundOf(counts, 0.5, maxLateMs),
          p99LateMs: boundOf(counts, 0.99, maxLateMs),
          maxLateMs,
        };
        return complete(report, state);
      },
    },
  },
});

/** What a share of all wakes was late at most, as exactly as the counts tell. */
function boundOf(counts: readonly number[], share: number, maxLateMs: number): number {
  const wanted = share * counts.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  const slot = counts.findIndex((count) => (seen += count) >= wanted);
  return Math.min(BOUNDS_MS[slot] ?? maxLateMs, maxLateMs);
}
