import type { CrashPoint } from '@maestro/actors';
import {
  ContinuationState,
  DEFAULT_CAP_USD,
  microUsd,
  deriveChildId,
  remainderOf,
  type ContinuationRef,
} from '@maestro/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  finishedLog,
  freshRef,
  spawnCommand,
  spawnUntilAccepted,
  startWorkers,
  workerApp,
  type WorkerStack,
} from './support/worker-stack.ts';

let workers: WorkerStack;
beforeAll(async () => {
  workers = await startWorkers([]);
}, 900_000);
afterAll(() => workers?.close());

async function stateOf(ref: ContinuationRef): Promise<ContinuationState> {
  return ContinuationState.parse(JSON.parse((await workers.store.readHead(ref)) ?? ''));
}

/** A worker that kills itself at a point; when it has, another one takes over. */
async function survive(point: CrashPoint, pass: number, act: () => Promise<void>): Promise<void> {
  const name = `${point.replace('.', '-')}-${pass}`;
  const dying = await workers.stack.startApp(
    workerApp(`dying-${name}`, { MAESTRO_CRASH_POINT: `${point}:${pass}` }),
  );
  const acting = act();
  expect((await dying.process.exited).signal).toBe('SIGKILL');
  await dying.sidecar.stop();
  const successor = await workers.stack.startApp(workerApp(`successor-${name}`));
  await acting;
  await successor.stopGracefully(5_000);
  await successor.sidecar.stop();
}

describe('kill -9 in the middle of a fork', () => {
  it.each([
    ['turn.covered', 1],
    ['turn.committed', 1],
    ['turn.settled', 1],
    // The spawns of the children, and the answers that the parent gets.
    ['turn.committed', 2],
    ['call.answered', 1],
    ['call.answered', 3],
  ] as const)(
    'at %s, pass %i: three children, each once, and no cent lost',
    async (point, pass) => {
      const ref = freshRef();
      await survive(point, pass, async () => {
        await spawnUntilAccepted(workers, ref, spawnCommand(ref, 'branching@1'));
        const log = await finishedLog(workers, ref, 90_000);
        const forks = log.filter(({ type }) => type === 'fork');
        expect(forks).toHaveLength(1);
        let sum = remainderOf((await stateOf(ref)).budget);
        for (const index of [0, 1, 2]) {
          const id = deriveChildId(ref, forks[0]?.sequence ?? 0, index);
          const child = { tenant: ref.tenant, id };
          const events = await finishedLog(workers, child, 90_000);
          expect(events.filter(({ type }) => type === 'spawn')).toHaveLength(1);
          sum += remainderOf((await stateOf(child)).budget);
        }
        expect(sum).toBe(microUsd(DEFAULT_CAP_USD));
      });
    },
    180_000,
  );
});

describe('kill -9 between an item and its wake', () => {
  it.each(['topic.committed', 'topic.delivered'] as const)(
    'at %s: it wakes once',
    async (point) => {
      const ref = freshRef();
      const stream = point.replace('.', '-');
      await survive(point, 1, async () => {
        const command = spawnCommand(ref, 'watch@1', { stream, n: 2 });
        await spawnUntilAccepted(workers, ref, command);
        for (const id of ['a', 'b']) await publish(stream, id);
        const log = await finishedLog(workers, ref, 90_000);
        const last = log.at(-1)?.payload as { readonly artifact: { readonly value: unknown } };
        expect(last.artifact.value).toEqual({ ids: ['a', 'b'] });
      });
    },
    180_000,
  );
});

/** Publishes an item, again and again until it is taken. */
async function publish(stream: string, id: string): Promise<void> {
  const item = { id, stream, at: new Date().toISOString(), source: '', title: '', attributes: {} };
  for (let tries = 0; ; tries++) {
    try {
      await workers.continuations.tellTopic(
        { tenant: 'test', kind: 'stream', name: stream, shard: 0 },
        { kind: 'publish', items: [{ id, item }] },
      );
      return;
    } catch (error) {
      if (tries > 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
