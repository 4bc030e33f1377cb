import { readStreamItem, type ContinuationRef, type JsonValue } from '@maestro/core';
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

let stack: WorkerStack;
beforeAll(async () => {
  stack = await startWorkers([workerApp('worker-a'), workerApp('worker-b')]);
}, 900_000);
afterAll(() => stack?.close());

async function publish(stream: string, ids: readonly string[], species = 'cow') {
  return stack.continuations.tellTopic(
    { tenant: 'test', kind: 'stream', name: stream, shard: 0 },
    {
      kind: 'publish',
      items: ids.map((id) => ({
        id,
        item: readStreamItem(
          { id, attributes: { species } },
          stream,
          Date.now(),
        ) as unknown as Record<string, JsonValue>,
      })),
    },
  );
}

async function watching(stream: string, parameters: Record<string, string | number> = {}) {
  const ref = freshRef();
  await spawnUntilAccepted(stack, ref, spawnCommand(ref, 'watch@1', { stream, ...parameters }));
  return ref;
}

async function idsOf(ref: ContinuationRef): Promise<unknown> {
  const log = await finishedLog(stack, ref, 120_000);
  const last = log.at(-1)?.payload as { artifact: { value: { ids: string[] } } };
  return last.artifact.value.ids;
}

describe('a stream behind real sidecars', () => {
  it('wakes on the item that matches; the whole stream replayed wakes nothing', async () => {
    const ref = await watching('papers', {
      predicate: 'item.attributes.species == "cow"',
      n: 2,
    });
    const ids = Array.from({ length: 50 }, (_, index) => `goat-${index}`);
    expect(await publish('papers', ids, 'goat')).toMatchObject({ taken: 50 });
    expect(await publish('papers', ['cow-1'])).toMatchObject({ taken: 1 });
    expect(await publish('papers', ids, 'goat')).toMatchObject({ taken: 0, known: 50 });
    expect(await publish('papers', ['cow-1'])).toMatchObject({ taken: 0, known: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await publish('papers', ['cow-1', 'cow-2'])).toMatchObject({ taken: 1, known: 1 });
    expect(await idsOf(ref)).toEqual(['cow-1', 'cow-2']);
  }, 60_000);

  it('loses nothing and doubles nothing when workers are killed in the middle', async () => {
    const refs = await Promise.all(Array.from({ length: 10 }, () => watching('chaos', { n: 40 })));
    const feed = (async () => {
      for (let index = 0; index < 40; index++) {
        await publish('chaos', [`item-${index}`]);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await stack.stack.app('worker-a').kill9();
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    await stack.stack.app('worker-a').restart();
    await feed;
    const all = Array.from({ length: 40 }, (_, index) => `item-${index}`);
    for (const ref of refs) expect(await idsOf(ref)).toEqual(all);
  }, 180_000);
});
