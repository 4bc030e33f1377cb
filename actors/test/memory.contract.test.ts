import { actorIdOf, type BusMessage } from '@maestro/core';
import { blobContract, busContract, schedulerContract, storeContract } from '@maestro/core/testing';
import { FencedStore, GroupCommit, InProcessBus } from '@maestro/actors';
import {
  FakeClock,
  MemoryBlobStore,
  MemoryRowStore,
  MemoryScheduler,
} from '@maestro/actors/testing';

storeContract('in memory', async () => {
  const rows = new MemoryRowStore();
  return { hosts: [new FencedStore(rows), new FencedStore(rows)], fencingRounds: 1000 };
});

storeContract('in memory, with group commit', async () => {
  const rows = new MemoryRowStore();
  const host = (): FencedStore => new FencedStore(new GroupCommit(rows, { concurrency: 1 }));
  return { hosts: [host(), host()], fencingRounds: 1000 };
});

blobContract('in memory', async () => new MemoryBlobStore());

busContract('in process', async () => {
  const bus = new InProcessBus();
  const received: BusMessage[] = [];
  let failures = 0;
  bus.subscribe('contract', async (message) => {
    if (failures-- > 0) throw new Error('a failing subscriber');
    received.push(message);
  });
  return {
    bus,
    topic: 'contract',
    received: () => received,
    failNext: (count) => {
      failures = count;
    },
    redelivers: false,
  };
});

schedulerContract('in memory', async () => {
  const clock = new FakeClock();
  const scheduler = new MemoryScheduler(clock);
  const fired = new Map<string, string[]>();
  let failures = 0;
  return {
    scheduler,
    nowMs: () => clock.nowMs(),
    pass: async (ms) => {
      const endMs = clock.nowMs() + ms;
      for (;;) {
        const next = scheduler.armed().find(({ atMs }) => atMs <= endMs);
        if (!next) break;
        clock.advanceTo(next.atMs);
        await scheduler.deliver(next, async ({ actorId, name }) => {
          if (failures-- > 0) throw new Error('a failing callback');
          fired.set(actorId, [...(fired.get(actorId) ?? []), name]);
        });
      }
      clock.advanceTo(endMs);
    },
    fired: (ref) => fired.get(actorIdOf(ref)) ?? [],
    failNext: (count) => {
      failures = count;
    },
  };
});
