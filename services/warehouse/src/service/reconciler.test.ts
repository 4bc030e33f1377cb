import { partitionKeyOf, type ContinuationRef, type ScannedHead } from '@maestro/core';
import { createMemoryRuntime } from '@maestro/actors/testing';
import { countdown, noop, wait } from '@maestro/recipes';
import { expect, it } from 'vitest';
import type { LogEnd } from '../reader/event-reader.ts';
import { reconcile, type Reconciled, type ReconcilerPorts } from './reconciler.ts';

const refOf = (index: number): ContinuationRef => ({
  tenant: 'acme',
  id: `01J000000000000000000000${String(index).padStart(2, '0')}`,
});

/** Real heads: one that waits for a person, one that sleeps for a minute, one that has completed, one that is paused. */
async function heads(): Promise<{ readonly atMs: number; readonly all: readonly ScannedHead[] }> {
  const runtime = createMemoryRuntime({ recipes: [noop, wait, countdown] });
  const goals = [
    { recipe: 'wait@1', parameters: {} },
    { recipe: 'noop@1', parameters: { sleepMs: 60_000 } },
    { recipe: 'countdown@1', parameters: { n: 1, everyMs: 0 } },
    { recipe: 'noop@1', parameters: { sleepMs: 60_000 } },
  ];
  const all: ScannedHead[] = [];
  const atMs = runtime.clock.nowMs();
  for (const [index, goal] of goals.entries()) {
    const ref = refOf(index);
    await runtime.continuations.send(ref, {
      kind: 'spawn',
      requestHash: 'a'.repeat(64),
      goal: { objective: 'be compared', sensitivity: 'internal', ...goal },
      requestedBy: { subject: 'alice' },
    });
  }
  await runtime.advance(100);
  await runtime.continuations.send(refOf(3), {
    kind: 'signal',
    signal: 'pause',
    requestId: 'p',
    by: { subject: 'alice' },
  });
  await runtime.idle();
  for (const index of goals.keys()) {
    const ref = refOf(index);
    all.push({ ref, head: (await runtime.store.readHead(ref)) ?? '' });
  }
  return { atMs, all };
}

interface Seen {
  readonly found: Reconciled;
  readonly read: readonly LogEnd[];
  readonly woken: readonly string[];
  readonly faults: readonly string[];
}

async function compared(
  all: readonly ScannedHead[],
  ports: Partial<ReconcilerPorts> = {},
): Promise<Seen> {
  const read: LogEnd[] = [];
  const woken: string[] = [];
  const faults: string[] = [];
  const found = await reconcile(
    {
      scanner: {
        async *heads() {
          yield* all;
        },
        close: async () => undefined,
      },
      isComplete: async () => true,
      readTo: async (end) => void read.push(end),
      wake: async (ref) => void woken.push(partitionKeyOf(ref)),
      nowMs: () => 0,
      sinceMs: 0,
      mayWake: () => true,
      onFault: (ref) => void faults.push(partitionKeyOf(ref)),
      ...ports,
    },
    new AbortController().signal,
  );
  return { found, read, woken, faults };
}

it('reads what the tables lack, up to where the head is', async () => {
  const { all } = await heads();
  const late = refOf(2);
  const { found, read } = await compared(all, {
    isComplete: async ({ ref }) => ref.id !== late.id,
  });
  const sequence = (JSON.parse(all[2]?.head ?? '') as { sequence: number }).sequence;
  expect(read).toEqual([{ ref: late, sequence }]);
  expect(found).toEqual({ heads: 4, behind: 1, overdue: 0, failed: 0 });
});

it('wakes what is overdue by a minute: not what waits for a person, is paused, or has ended', async () => {
  const { all, atMs } = await heads();
  const soon = await compared(all, { nowMs: () => atMs + 119_000 });
  expect(soon.woken).toEqual([]);
  const later = await compared(all, { nowMs: () => atMs + 121_000 });
  expect(later.woken).toEqual([partitionKeyOf(refOf(1))]);
  expect(later.found.overdue).toBe(1);
});

it('leaves alone who was woken a moment ago, and what reminders had no chance to wake yet', async () => {
  const { all, atMs } = await heads();
  const nowMs = (): number => atMs + 600_000;
  expect((await compared(all, { nowMs, mayWake: () => false })).woken).toEqual([]);
  expect((await compared(all, { nowMs, sinceMs: atMs + 541_000 })).woken).toEqual([]);
  expect((await compared(all, { nowMs, sinceMs: atMs + 540_000 })).woken).toHaveLength(1);
});

it('leaves the lease of a step that runs to its host for a quarter of an hour', async () => {
  const { all, atMs } = await heads();
  const { ref, head } = all[1]!;
  const state = JSON.parse(head) as object;
  const activity = { kind: 'running', step: 's', stepId: 's#1', attempt: 1, leaseMs: 30_000 };
  const since = new Date(atMs).toISOString();
  const dueMs = atMs + 30_000;
  const running = JSON.stringify({
    ...state,
    status: 'running',
    dueMs,
    activity: { ...activity, since },
  });
  const at = (ms: number) => compared([{ ref, head: running }], { nowMs: () => dueMs + ms });
  const early = await at(14 * 60_000);
  expect(early).toMatchObject({ woken: [], faults: [] });
  expect((await at(15 * 60_000)).woken).toHaveLength(1);
});

it('counts a continuation that cannot be woken, after everything was compared', async () => {
  const { all, atMs } = await heads();
  const { found, read } = await compared(all, {
    nowMs: () => atMs + 121_000,
    isComplete: async () => false,
    wake: () => Promise.reject(new Error('no worker')),
  });
  expect(read).toHaveLength(4);
  expect(found).toEqual({ heads: 4, behind: 4, overdue: 0, failed: 1 });
});

it('goes on behind a head that cannot be read, and a log that cannot be had', async () => {
  const { all } = await heads();
  const broken = [{ ref: refOf(90), head: 'no JSON' }, ...all];
  const { found, faults } = await compared(broken, {
    isComplete: async ({ ref }) => ref.id !== refOf(0).id,
    readTo: () => Promise.reject(new Error('the sidecar is away')),
  });
  expect([...faults].sort()).toEqual([partitionKeyOf(refOf(0)), partitionKeyOf(refOf(90))]);
  expect(found).toEqual({ heads: 5, behind: 0, overdue: 0, failed: 2 });
});
