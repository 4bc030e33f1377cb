import {
  complete,
  defineRecipe,
  type JsonValue,
  MaestroError,
  next,
  publish,
  readStreamItem,
  siblingPublish,
  sleep,
  streamItem,
  timerAfter,
  type TopicRef,
} from '@maestro/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { createMemoryRuntime, MemoryCluster } from '../testing/index.ts';
import type { TopicGateway, TopicReply } from './topic-command.ts';

/** Takes `n` items of a stream, working outside the turn after each, and completes with their ids. */
const watcher = defineRecipe({
  name: 'watcher',
  version: 1,
  description: 'Watches a stream',
  parameters: z.strictObject({
    n: z.int().default(1),
    predicate: z.string().optional(),
    orAfterMs: z.int().optional(),
  }),
  state: z.strictObject({ ids: z.array(z.string()) }),
  start: () => ({ step: 'watch', state: { ids: [] } }),
  steps: {
    watch: {
      inline: true,
      run: ({ parameters: { predicate, orAfterMs }, nowMs }) => {
        const item = streamItem('papers', predicate === undefined ? {} : { predicate });
        return sleep(
          orAfterMs === undefined
            ? item
            : { kind: 'anyOf', conditions: [item, timerAfter(nowMs, orAfterMs)] },
          'take',
        );
      },
    },
    take: {
      run: async ({ parameters, wake }, { ids }) => {
        const found = z.object({ id: z.string() }).safeParse(wake?.item);
        const all = [...ids, found.success ? found.data.id : 'none'];
        return next(all.length < parameters.n ? 'watch' : 'end', { ids: all });
      },
    },
    end: { inline: true, run: (_context, { ids }) => complete({ ids }) },
  },
});

/** Publishes under the tag that it waits for. */
const echo = defineRecipe({
  name: 'echo',
  version: 1,
  description: 'Waits for what it says itself',
  parameters: z.strictObject({}),
  state: z.strictObject({}),
  start: () => ({ step: 'call', state: {} }),
  steps: {
    call: {
      inline: true,
      run: () => publish({ kind: 'note', value: 'hallo', tags: ['echo'] }, 'listen'),
    },
    listen: { inline: true, run: () => sleep(siblingPublish('echo'), 'end') },
    end: { inline: true, run: () => complete('echo') },
  },
});

const recipes = [watcher];
const papers: TopicRef = { tenant: ref.tenant, kind: 'stream', name: 'papers', shard: 0 };

function itemsOf(ids: readonly string[], attributes: Record<string, string> = {}) {
  return ids.map((id) => ({
    id,
    item: JSON.parse(JSON.stringify(readStreamItem({ id, attributes }, 'papers', 0))) as Record<
      string,
      JsonValue
    >,
  }));
}

async function feed(
  to: TopicGateway,
  ids: readonly string[],
  attributes: Record<string, string> = {},
): Promise<Extract<TopicReply, { kind: 'published' }>> {
  const reply = await to.tellTopic(papers, { kind: 'publish', items: itemsOf(ids, attributes) });
  if (reply.kind !== 'published') throw new TypeError('not published');
  return reply;
}

async function started(parameters: Record<string, unknown> = {}) {
  const runtime = createMemoryRuntime({ recipes });
  await runtime.continuations.send(ref, spawnOf('watcher@1', parameters));
  await runtime.idle();
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 5; round++) {
      await runtime.runSteps();
      await runtime.idle();
    }
  };
  const result = async () => (await readVerified(runtime.store)).state;
  return { runtime, settle, result };
}

describe('a stream', () => {
  it('wakes on an item that matches, and on no other', async () => {
    const predicate = 'item.attributes.species == "cow"';
    const { runtime, settle, result } = await started({ predicate });
    await feed(runtime.topics, ['a', 'b'], { species: 'goat' });
    await settle();
    expect(await result()).toMatchObject({ status: 'sleeping', tick: 1 });
    await feed(runtime.topics, ['c'], { species: 'cow' });
    await settle();
    expect(await result()).toMatchObject({
      status: 'completed',
      result: { value: { ids: ['c'] } },
      lastWake: { cause: { kind: 'stream', stream: 'papers', itemId: 'c' }, lateMs: 0 },
    });
  });

  it('gives every item to one who takes them one after the other, also those that came meanwhile', async () => {
    const { runtime, settle, result } = await started({ n: 5 });
    await feed(runtime.topics, ['a', 'b', 'c']);
    await feed(runtime.topics, ['d', 'e', 'f']);
    await settle();
    expect((await result()).result?.value).toEqual({ ids: ['a', 'b', 'c', 'd', 'e'] });
  });

  it('has an item that came before the sleep, but none from before the birth', async () => {
    const runtime = createMemoryRuntime({ recipes });
    await feed(runtime.topics, ['early']);
    runtime.clock.advance(1000);
    await runtime.continuations.send(ref, spawnOf('watcher@1', { n: 2 }));
    await feed(runtime.topics, ['first']);
    await runtime.runSteps();
    // Whatever is published while the step works has come before the sleep that follows.
    await feed(runtime.topics, ['second']);
    await runtime.runSteps();
    await runtime.idle();
    expect((await readVerified(runtime.store)).state.result?.value).toEqual({
      ids: ['first', 'second'],
    });
  });

  it('replayed as a whole wakes nothing', async () => {
    const { runtime, settle, result } = await started({ n: 100 });
    const ids = Array.from({ length: 60 }, (_, index) => `item-${index}`);
    expect(await feed(runtime.topics, ids)).toMatchObject({ taken: 60, known: 0 });
    for (let round = 0; round < 70; round++) await settle();
    const before = await result();
    expect(before).toMatchObject({ status: 'sleeping', tick: 61 });
    expect(await feed(runtime.topics, ids)).toMatchObject({ taken: 0, known: 60 });
    await settle();
    expect(await result()).toEqual(before);
    // Also for a host that has none of it in memory.
    runtime.topics.host.deactivate('acme.stream.0.cGFwZXJz');
    expect(await feed(runtime.topics, [...ids, 'new'])).toMatchObject({ taken: 1, known: 60 });
    await settle();
    expect(await result()).toMatchObject({ tick: 62 });
  });

  it('that is delivered twice at the same time wakes once', async () => {
    const { runtime, settle, result } = await started({ n: 2 });
    await Promise.all([1, 2, 3].map(() => feed(runtime.topics, ['same'])));
    await settle();
    expect(await result()).toMatchObject({ status: 'sleeping', tick: 2 });
  });

  it('lets go of a sleep that the clock ended', async () => {
    const { runtime, settle, result } = await started({ orAfterMs: 1_000 });
    await runtime.advance(2_000);
    await settle();
    expect((await result()).result?.value).toEqual({ ids: ['none'] });
    const reply = await runtime.topics.tellTopic(papers, { kind: 'peek', count: 1 });
    expect(reply).toMatchObject({ subscriptions: 0 });
  });

  it('lets go of a sleep that was killed', async () => {
    const { runtime, settle } = await started();
    await runtime.continuations.send(ref, signalOf('kill'));
    await settle();
    const reply = await runtime.topics.tellTopic(papers, { kind: 'peek', count: 1 });
    expect(reply).toMatchObject({ subscriptions: 0 });
  });

  it('keeps what came during a pause', async () => {
    const { runtime, settle, result } = await started();
    await runtime.continuations.send(ref, signalOf('pause'));
    await feed(runtime.topics, ['meanwhile']);
    await settle();
    expect(await result()).toMatchObject({ status: 'paused', tick: 1 });
    await runtime.continuations.send(ref, signalOf('resume'));
    await settle();
    expect((await result()).result?.value).toEqual({ ids: ['meanwhile'] });
  });

  it('fails a recipe whose predicate is wrong, before it sleeps', async () => {
    const { result } = await started({ predicate: 'item.colour == "red"' });
    expect((await result()).failure).toMatchObject({ code: 'predicate.invalid' });
  });
});

describe('siblings', () => {
  it('do not hear themselves', async () => {
    const runtime = createMemoryRuntime({ recipes: [echo] });
    await runtime.continuations.send(ref, spawnOf('echo@1'));
    for (let round = 0; round < 3; round++) await runtime.idle();
    expect((await readVerified(runtime.store)).state).toMatchObject({
      status: 'sleeping',
      tick: 1,
    });
  });
});

describe('subscribers that cannot be woken', () => {
  it('do not hold up the others', async () => {
    const cluster = new MemoryCluster({ recipes });
    const others = Array.from({ length: 40 }, (_, index) => ({
      tenant: ref.tenant,
      id: `01J000000000000000000001${String(index).padStart(2, '0')}`,
    }));
    for (const other of others) await cluster.send(other, spawnOf('watcher@1'));
    await cluster.send(ref, spawnOf('watcher@1'));
    await cluster.idle();
    const send = cluster.send.bind(cluster);
    let away = true;
    cluster.send = async (to, command) => {
      if (away && command.kind === 'item' && to.id !== ref.id) {
        throw new MaestroError('recipe.unknown', 'there is no recipe watcher@1');
      }
      return send(to, command);
    };
    await feed(cluster.owner.topics, ['a']);
    await cluster.idle();
    await cluster.owner.runSteps();
    expect((await readVerified(cluster.owner.store)).state.status).toBe('completed');
    away = false;
    // The next host finds what is owed.
    cluster.takeOver();
    await cluster.advance(10_000);
    await cluster.owner.runSteps();
    for (const other of others) {
      const { state } = await readVerified(cluster.owner.store, other);
      expect(state.result?.value).toEqual({ ids: ['a'] });
    }
  });
});

describe('when a host dies', () => {
  it('between taking an item and waking, the next one wakes', async () => {
    const cluster = new MemoryCluster({ recipes });
    await cluster.send(ref, spawnOf('watcher@1'));
    await cluster.idle();
    const first = cluster.owner;
    const send = cluster.send.bind(cluster);
    cluster.send = async (to, command) => {
      if (command.kind === 'item') first.kill();
      return send(to, command);
    };
    await feed(first.topics, ['a']).catch(() => undefined);
    await cluster.idle();
    expect(first.alive).toBe(false);
    cluster.send = send;
    const second = cluster.takeOver();
    await cluster.advance(10_000);
    await second.runSteps();
    await cluster.advance(60_000);
    expect((await readVerified(second.store)).state).toMatchObject({
      status: 'completed',
      result: { value: { ids: ['a'] } },
    });
    expect(cluster.scheduler.armed()).toEqual([]);
  });

  it('of two hosts that believe they have a topic one is refused, and nothing is lost', async () => {
    const cluster = new MemoryCluster({ recipes });
    await cluster.send(ref, spawnOf('watcher@1', { n: 20 }));
    await cluster.idle();
    const [first, second] = [cluster.owner, cluster.addHost()];
    const ids: string[] = [];
    for (let round = 0; round < 10; round++) {
      for (const host of [first, second]) {
        const id = `${round}-${host === first ? 1 : 2}`;
        ids.push(id);
        await feed(host.topics, [id]).catch(async (error: unknown) => {
          expect(error).toMatchObject({ code: 'commit.conflict', retryable: true });
          await feed(host.topics, [id]);
        });
        await cluster.idle();
        await cluster.owner.runSteps();
      }
    }
    for (let round = 0; round < 10; round++) {
      await cluster.advance(10_000);
      await cluster.owner.runSteps();
    }
    const { state } = await readVerified(first.store);
    const taken = (state.result?.value ?? state.recipeState) as { readonly ids: string[] };
    expect([...taken.ids].sort()).toEqual([...ids].sort());
  });
});
