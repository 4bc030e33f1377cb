import type { ContinuationEvent } from '@maestro/core';
import { expect, it } from 'vitest';
import { ref, signalOf, spawnOf } from '../testing/drive.ts';
import { createMemoryRuntime, MemoryObservability } from '../testing/index.ts';
import { asker, ticker, workerOf } from '../testing/sample-recipes.ts';
import { complete } from '@maestro/core';
import { measureCommit } from './measure-commit.ts';

const eventOf = (type: string, payload: object): ContinuationEvent =>
  ({ type, payload }) as unknown as ContinuationEvent;
const WAKE = eventOf('wake', { cause: { kind: 'spawn' }, lateMs: 0 });
const REST = { activity: null, paused: null };

it('adds up what budgets are charged', () => {
  const observability = new MemoryObservability();
  const charges = [700, 300].map((microUsd) => eventOf('budget_charge', { microUsd }));
  measureCommit(
    observability,
    { tickBeganMs: null },
    { events: charges, state: REST, startMs: 0, endMs: 1 },
  );
  expect(observability.counted('maestro_spent_micro_usd_total')).toBe(1_000);
  expect(observability.counted('maestro_events_committed_total')).toBe(2);
  expect(observability.recorded('maestro_tick_ms')).toEqual([]);
});

it('measures a tick over the turns that it takes, but not one that began elsewhere or was paused', () => {
  const observability = new MemoryObservability();
  const memory: { tickBeganMs: number | null } = { tickBeganMs: null };
  const activity = {} as never;
  const turn = (events: ContinuationEvent[], state: object, startMs: number): void =>
    measureCommit(observability, memory, {
      events,
      state: { ...REST, ...state },
      startMs,
      endMs: startMs + 5,
    });
  // Its wake was committed by another host.
  turn([], {}, 100);
  turn([WAKE], { activity }, 1_000);
  turn([], { activity }, 2_000);
  turn([], {}, 3_000);
  turn([], {}, 4_000);
  turn([WAKE], { activity, paused: {} }, 5_000);
  turn([], {}, 6_000);
  expect(observability.recorded('maestro_tick_ms')).toEqual([2_005]);
  expect(observability.counted('maestro_ticks_total')).toBe(2);
});

it('counts every tick of a runtime, and measures those with detached steps to their end', async () => {
  const work = workerOf(async () => complete('done'));
  const runtime = createMemoryRuntime({ recipes: [ticker, asker, work] });
  await runtime.continuations.send(ref, spawnOf('ticker@1', { n: 3 }));
  await runtime.advance(5_000);
  const other = { ...ref, id: '01J00000000000000000000001' };
  await runtime.continuations.send(other, spawnOf('worker@1'));
  await runtime.idle();
  runtime.host.measure();
  expect(runtime.observability.shown('maestro_activations')).toEqual({ '': 2 });
  await runtime.runSteps();
  const third = { ...ref, id: '01J00000000000000000000002' };
  await runtime.continuations.send(third, spawnOf('asker@1'));
  await runtime.continuations.send(third, signalOf('go'));
  await runtime.idle();
  const { observability } = runtime;
  expect(observability.counted('maestro_ticks_total')).toBe(6);
  expect(observability.recorded('maestro_tick_ms')).toHaveLength(6);
  runtime.host.watch();
  expect(observability.shown('maestro_activations')).toEqual({ '': 3 });
  expect(observability.shown('maestro_turns_under_way')).toEqual({ '': 0 });
  expect(observability.shown('maestro_steps_under_way')).toEqual({ '': 0 });
});
