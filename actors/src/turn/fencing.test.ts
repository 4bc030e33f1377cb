import { actorIdOf } from '@maestro/core';
import { expect, it } from 'vitest';
import { readVerified, ref, signalOf, spawnOf } from '../testing/drive.ts';
import { MemoryCluster } from '../testing/index.ts';
import { asker, napper } from '../testing/sample-recipes.ts';

async function twoHosts(recipe = 'napper@1', parameters = {}) {
  const cluster = new MemoryCluster({ recipes: [asker, napper] });
  const first = cluster.owner;
  await cluster.send(ref, spawnOf(recipe, parameters));
  await cluster.idle();
  const second = cluster.addHost();
  return { cluster, first, second };
}

it('a host that takes over raises the generation by one, and keeps it from then on', async () => {
  const { cluster, second } = await twoHosts('napper@1', { ms: 5_000 });
  cluster.owner = second;
  await cluster.send(ref, signalOf('pause'));
  await cluster.send(ref, signalOf('resume'));
  const { events } = await readVerified(second.store);
  expect(events.map(({ generation }) => generation)).toEqual([1, 1, 1, 1, 2, 2]);
  expect(second.observability.counted('maestro_takeovers_total')).toBe(1);
});

it('the commit of the old host is refused and counted, and it goes on from what it finds', async () => {
  const { cluster, first, second } = await twoHosts();
  await second.continuations.send(ref, signalOf('pause'));
  const left = cluster.rows.snapshot();
  await expect(first.continuations.send(ref, signalOf('kill'))).rejects.toMatchObject({
    code: 'commit.conflict',
  });
  expect(cluster.rows.snapshot()).toEqual(left);
  expect(first.observability.counted('maestro_commits_fenced_total')).toBe(1);
  expect(second.observability.counted('maestro_commits_fenced_total')).toBe(0);
  await first.continuations.send(ref, signalOf('resume'));
  const { state } = await readVerified(first.store);
  expect(state).toMatchObject({ generation: 3, status: 'sleeping' });
  await expect(second.continuations.send(ref, signalOf('kill'))).rejects.toMatchObject({
    code: 'commit.conflict',
  });
});

it('an old host does not swallow a wake: it looks before it says that nothing is due', async () => {
  const { cluster, first, second } = await twoHosts('napper@1', { ms: 60_000 });
  await first.continuations.send(ref, signalOf('pause'));
  await second.continuations.send(ref, signalOf('resume'));
  cluster.owner = first;
  await cluster.advance(60_000);
  expect((await readVerified(first.store)).state).toMatchObject({
    status: 'completed',
    generation: 3,
  });
});

it('an old host does not refuse from the past', async () => {
  const { first, second } = await twoHosts('asker@1');
  await first.continuations.send(ref, signalOf('pause', { requestId: 'p' }));
  await second.continuations.send(ref, signalOf('resume', { requestId: 'r' }));
  // By what the first host remembers the continuation is paused and takes no such signal.
  expect(await first.continuations.send(ref, signalOf('go'))).toMatchObject({
    status: 'completed',
  });
});

it('a host that remembers that there is nothing looks again', async () => {
  const cluster = new MemoryCluster({ recipes: [napper] });
  const first = cluster.owner;
  expect(await first.continuations.send(ref, { kind: 'wake' })).toEqual({
    kind: 'woken',
    found: false,
  });
  const second = cluster.addHost();
  await second.continuations.send(ref, spawnOf('napper@1', { ms: 1000 }));
  expect(await first.continuations.send(ref, { kind: 'wake' })).toEqual({
    kind: 'woken',
    found: true,
  });
  expect(await first.continuations.send(ref, spawnOf('napper@1', { ms: 1000 }))).toMatchObject({
    created: false,
  });
  cluster.owner = first;
  await cluster.advance(1000);
  expect((await readVerified(first.store)).state.status).toBe('completed');
});

it('of two hosts that start the same continuation one does, and both callers are answered alike', async () => {
  const cluster = new MemoryCluster({ recipes: [napper] });
  const hosts = [cluster.owner, cluster.addHost(), cluster.addHost()];
  const results = await Promise.allSettled(
    hosts.map((host) => host.continuations.send(ref, spawnOf('napper@1'))),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const [index, host] of hosts.entries()) {
    if (results[index]?.status === 'fulfilled') continue;
    expect(await host.continuations.send(ref, spawnOf('napper@1'))).toMatchObject({
      created: false,
    });
  }
  expect((await readVerified(cluster.owner.store)).events).toHaveLength(4);
});

it('disarms the reminder of the generation before, once its own is armed', async () => {
  const { cluster, second } = await twoHosts('napper@1', { ms: 60_000 });
  expect(cluster.scheduler.armed().map(({ name }) => name)).toMatchObject([
    expect.stringMatching(/^wake\.1\./),
  ]);
  cluster.owner = second;
  await cluster.send(ref, signalOf('pause'));
  await cluster.send(ref, signalOf('resume'));
  await cluster.idle();
  expect(cluster.scheduler.armed().map(({ name }) => name)).toMatchObject([
    expect.stringMatching(/^wake\.2\./),
  ]);
  await cluster.advance(60_000);
  expect((await readVerified(second.store)).state.status).toBe('completed');
});

it('a host that only looked cannot move the reminder of the owner', async () => {
  const { cluster, second } = await twoHosts('napper@1', { ms: 60_000 });
  const [owners] = cluster.scheduler.armed();
  await second.continuations.send(ref, { kind: 'wake', rearm: true });
  await cluster.idle();
  expect(cluster.scheduler.armed()).toContainEqual(owners);
  expect(new Set(cluster.scheduler.armed().map(({ name }) => name)).size).toBe(2);
});

it('a reminder that found nothing is followed by another look, until no lost commit can be on its way', async () => {
  const { cluster, second } = await twoHosts('napper@1', { ms: 3_600_000 });
  const nowMs = cluster.clock.nowMs();
  const own = (): (number | undefined)[] =>
    cluster.scheduler
      .armed()
      .filter(({ name }) => name.startsWith('wake.1.'))
      .map(({ atMs }) => atMs - nowMs);
  await second.host.remind(actorIdOf(ref), 'wake.1', { armedAtMs: nowMs - 5_000 });
  expect(own()).toEqual([55_000, 3_600_000]);
  cluster.clock.advance(55_000);
  await second.host.remind(actorIdOf(ref), 'wake.1', { armedAtMs: nowMs });
  expect(own()).toEqual([3_600_000, 3_600_000]);
});
