import {
  complete,
  defineRecipe,
  fail,
  humanSignal,
  JsonValue,
  next,
  publish,
  sleep,
  timerAfter,
  type DetachedStepContext,
  type Outcome,
  type Recipe,
} from '@maestro/core';
import { z } from 'zod';

/** Sleeps once and completes. */
export const napper = defineRecipe({
  name: 'napper',
  version: 1,
  description: 'Sleeps once',
  parameters: z.strictObject({ ms: z.int().min(0).default(1000) }),
  state: z.strictObject({}),
  start: () => ({ step: 'begin', state: {} }),
  steps: {
    begin: {
      inline: true,
      run: ({ parameters, nowMs }) => sleep(timerAfter(nowMs, parameters.ms), 'end'),
    },
    end: { inline: true, run: ({ tick }) => complete({ ticks: tick }) },
  },
});

/** Ticks n times, a second apart. */
export const ticker = defineRecipe({
  name: 'ticker',
  version: 1,
  description: 'Ticks n times',
  parameters: z.strictObject({ n: z.int().min(1) }),
  state: z.strictObject({ left: z.int() }),
  start: ({ n }) => ({ step: 'tick', state: { left: n } }),
  steps: {
    tick: {
      inline: true,
      run: ({ nowMs }, { left }) =>
        left <= 1
          ? complete('done', { left: 0 })
          : sleep(timerAfter(nowMs, 1000), 'tick', { left: left - 1 }),
    },
  },
});

/** Waits for the signal `go`, or for an hour. */
export const asker = defineRecipe({
  name: 'asker',
  version: 1,
  description: 'Waits for a signal',
  parameters: z.strictObject({}),
  state: z.strictObject({}),
  start: () => ({ step: 'ask', state: {} }),
  steps: {
    ask: {
      inline: true,
      run: ({ nowMs }) =>
        sleep(
          { kind: 'anyOf', conditions: [humanSignal('go'), timerAfter(nowMs, 3_600_000)] },
          'answer',
        ),
    },
    answer: {
      inline: true,
      run: ({ signal }) => complete({ signal: JsonValue.parse(signal?.payload ?? null) }),
    },
  },
});

/** What the detached step of {@link workerOf} does. */
export type Work = (context: DetachedStepContext<unknown>) => Promise<unknown>;

type AnyOutcome<N extends string> = Outcome<Record<string, unknown>, N>;

/** A recipe with one detached step that does what a test says. */
export function workerOf(
  work: Work,
  limits: { readonly maxAttempts?: number; readonly backoffMs?: number } = {},
): Recipe {
  return defineRecipe({
    name: 'worker',
    version: 1,
    description: 'One detached step',
    parameters: z.strictObject({}),
    state: z.looseObject({}),
    start: () => ({ step: 'work', state: {} }),
    steps: {
      work: { run: async (context) => (await work(context)) as AnyOutcome<'work'>, ...limits },
    },
  });
}

/** A recipe with one inline step that returns what a test says, right after a sleep of a second. */
export function inlineOf(run: () => unknown): Recipe {
  return defineRecipe({
    name: 'inline',
    version: 1,
    description: 'One inline step after a sleep',
    parameters: z.strictObject({}),
    state: z.looseObject({}),
    start: () => ({ step: 'begin', state: {} }),
    steps: {
      begin: { inline: true, run: ({ nowMs }) => sleep(timerAfter(nowMs, 1000), 'act') },
      act: { inline: true, run: () => run() as AnyOutcome<'begin'> },
    },
  });
}

/** What a step of {@link scripted} does. */
export const ScriptLine = z.enum(['next', 'sleep', 'ask', 'publish', 'work', 'throw', 'fail']);

/** Does what its parameters say, line by line, then completes. */
export const scripted = defineRecipe({
  name: 'scripted',
  version: 1,
  description: 'Follows a script',
  parameters: z.strictObject({ script: z.array(ScriptLine) }),
  state: z.strictObject({ at: z.int() }),
  start: () => ({ step: 'read', state: { at: 0 } }),
  steps: {
    read: {
      inline: true,
      run: ({ parameters: { script }, nowMs }, { at }) => {
        const state = { at: at + 1 };
        const line = script[at];
        if (!line) return complete({ lines: at }, state);
        switch (line) {
          case 'next':
            return next('read', state);
          case 'sleep':
            return sleep(timerAfter(nowMs, 5_000), 'read', state);
          case 'ask':
            return sleep(
              {
                kind: 'anyOf',
                conditions: [humanSignal('go'), humanSignal('stop'), timerAfter(nowMs, 60_000)],
              },
              'read',
              state,
            );
          case 'publish':
            return publish({ kind: 'line', value: at }, 'read', state);
          case 'work':
            return next('work', state);
          case 'throw':
            throw new Error('the script says so');
          case 'fail':
            return fail('the script says so');
        }
      },
    },
    work: { run: async (_context, state) => next('read', state), maxAttempts: 3, backoffMs: 2_000 },
  },
});
