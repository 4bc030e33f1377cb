import type { ModelFigures, ModelFlow } from '../read-model/model-figures.ts';

const NONE = { p50: null, p99: null, max: null };
const EMPTY: ModelFlow = {
  started: 0,
  completed: 0,
  failed: 0,
  killed: 0,
  ticks: 0,
  lateMs: NONE,
  tickMs: NONE,
  tickMicroUsd: NONE,
  spentMicroUsd: 0,
  steps: 0,
  stepFailures: 0,
  stepMs: NONE,
  lagMs: NONE,
};

/** Figures of an hour in which nothing happened but what is given of its last minute. */
export function sampleFigures(
  nowMs: number,
  lastMinute: Partial<ModelFlow> = {},
  lives: Partial<ModelFigures['lives']> = {},
): ModelFigures {
  const lastMs = Math.floor(nowMs / 60_000) * 60_000;
  return {
    builtAtMs: nowMs - 3_000,
    atMs: nowMs,
    lives: { running: 0, sleeping: 0, paused: 0, completed: 0, failed: 0, killed: 0, ...lives },
    spentMicroUsd: 0,
    hour: { ...EMPTY, ...lastMinute },
    minutes: Array.from({ length: 60 }, (_, index) => ({
      ...EMPTY,
      ...(index === 59 ? lastMinute : {}),
      fromMs: lastMs - (59 - index) * 60_000,
    })),
  };
}
