import { createMemoryRuntime, type MemoryRuntime } from '@maestro/actors/testing';
import { deriveContinuationId } from '@maestro/core';
import { probe } from '@maestro/recipes';
import { beforeEach, expect, it } from 'vitest';
import { ProbeKeeper } from './probe-keeper.ts';

const idOf = (day: string): string => deriveContinuationId('ops', `probe\n${day}`);

let runtime: MemoryRuntime;
let keeper: ProbeKeeper;
let away: boolean;

function newKeeper(everyMs = 60_000): ProbeKeeper {
  const { store } = runtime;
  return new ProbeKeeper({
    ...runtime,
    store: {
      readHead: async (ref) => {
        if (away) throw new Error('the store is away');
        return store.readHead(ref);
      },
      readRange: (ref, from, limit) => store.readRange(ref, from, limit),
    },
    tenant: 'ops',
    everyMs,
  });
}

function overdueMs(): number | undefined {
  return runtime.observability.shown('maestro_probe_overdue_ms')[''];
}

beforeEach(() => {
  away = false;
  runtime = createMemoryRuntime({ recipes: [probe] });
  keeper = newKeeper();
});

async function statusOf(day: string): Promise<string> {
  const head = await runtime.store.readHead({ tenant: 'ops', id: idOf(day) });
  return head === undefined ? 'none' : (JSON.parse(head) as { status: string }).status;
}

it('starts one probe of the day, whoever asks how often, and measures every wake', async () => {
  await keeper.look();
  await newKeeper().look();
  await newKeeper(30_000).look();
  expect(await statusOf('2026-01-01')).toBe('sleeping');
  await runtime.advance(600_000);
  await keeper.look();
  expect(runtime.observability.recorded('maestro_probe_lateness_ms')).toHaveLength(10);
  await keeper.look();
  expect(runtime.observability.recorded('maestro_probe_lateness_ms')).toHaveLength(10);
  // Whoever comes later does not tell again what was told.
  await newKeeper().look();
  expect(runtime.observability.recorded('maestro_probe_lateness_ms')).toHaveLength(10);
});

it('goes on with another one the next day; the first one reports', async () => {
  await keeper.look();
  await runtime.advance(86_400_000);
  await keeper.look();
  await runtime.advance(120_000);
  expect(await statusOf('2026-01-01')).toBe('completed');
  expect(await statusOf('2026-01-02')).toBe('sleeping');
});

it('is overdue when it does not wake, and while the store is away', async () => {
  await keeper.look();
  expect(overdueMs()).toBe(0);
  // Time goes on, and no reminder comes.
  runtime.clock.advance(90_000);
  await keeper.look();
  expect(overdueMs()).toBe(30_000);
  away = true;
  runtime.clock.advance(60_000);
  await expect(keeper.look()).rejects.toThrow('away');
  expect(overdueMs()).toBe(90_000);
});

it('records also the last wake of a day', async () => {
  runtime.clock.advance(86_400_000 - 90_000);
  await keeper.look();
  await runtime.advance(90_000);
  await keeper.look();
  await runtime.advance(60_000);
  await keeper.look();
  expect(await statusOf('2026-01-01')).toBe('completed');
  // At 23:59:30 and at 00:00:30, and the new one's at 00:01:00.
  expect(runtime.observability.recorded('maestro_probe_lateness_ms')).toHaveLength(3);
  expect(overdueMs()).toBe(0);
});

it('says nothing of what it never reached, and records a wake that came late after a restart', async () => {
  await keeper.look();
  runtime.clock.advance(600_000);
  const restarted = newKeeper();
  away = true;
  await expect(restarted.look()).rejects.toThrow('away');
  away = false;
  runtime.clock.advance(1);
  await runtime.advance(0);
  await restarted.look();
  expect(runtime.observability.recorded('maestro_probe_lateness_ms')).toEqual([540_001]);
});

it('is overdue when somebody has paused it', async () => {
  await keeper.look();
  await runtime.continuations.send(
    { tenant: 'ops', id: idOf('2026-01-01') },
    { kind: 'signal', signal: 'pause', requestId: 'p', by: { subject: 'alice' } },
  );
  runtime.clock.advance(45_000);
  await keeper.look();
  expect(overdueMs()).toBe(45_000);
});

it('is overdue when somebody has killed it', async () => {
  await keeper.look();
  await runtime.continuations.send(
    { tenant: 'ops', id: idOf('2026-01-01') },
    { kind: 'signal', signal: 'kill', requestId: 'k', by: { subject: 'alice' } },
  );
  runtime.clock.advance(45_000);
  await keeper.look();
  expect(overdueMs()).toBe(45_000);
});
