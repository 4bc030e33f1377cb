import { BlobReference } from '@maestro/core';
import { missingForSet, type ComponentSetName } from '@maestro/infra-dapr';
import { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSubstrate, type SubstrateStack } from './support/substrate-stack.ts';

/** The same scenarios on every component set; `MAESTRO_SETS` chooses some. */
const SETS = (process.env['MAESTRO_SETS'] ?? 'local,postgres,azure,aws').split(
  ',',
) as ComponentSetName[];
const full = process.env['MAESTRO_TEST_SCALE'] === 'full';
const SLEEP_MS = full ? 30_000 : 3_000;
const OUTAGE_MS = full ? 20_000 : 5_000;
const THROTTLED_MS = full ? 10_000 : 4_000;
const IN_FLIGHT = full ? 50 : 10;

const goal = (recipe: string, parameters: Record<string, number>) => ({
  goal: { objective: 'the same on every substrate', recipe, parameters },
});
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

for (const set of SETS) {
  const reason = await missingForSet(set);
  const skipped = reason !== undefined && !process.env['CI'];
  describe.skipIf(skipped)(`substrate ${set}${skipped ? ` (skipped: ${reason})` : ''}`, () => {
    let open: SubstrateStack;
    beforeAll(async () => {
      if (reason !== undefined) throw new Error(reason);
      open = await openSubstrate(set);
    }, 300_000);
    afterAll(() => open?.close());

    /** Starts several that tick every second, so that some turn is always under way. */
    async function startTicking(ticks: number): Promise<string[]> {
      const started = await Promise.all(
        Array.from({ length: IN_FLIGHT }, () =>
          open.client.start(goal('countdown@1', { n: ticks, everyMs: 1000 })),
        ),
      );
      return started.map(({ id }) => id);
    }

    async function allFinish(ids: readonly string[], withinMs: number): Promise<void> {
      for (const id of ids) {
        const events = await open.finished(id, withinMs);
        const wakes = events.flatMap((event) =>
          event.type === 'wake' ? [(event.payload as { cause: { causeId: string } }).cause] : [],
        );
        expect(new Set(wakes.map(({ causeId }) => causeId)).size).toBe(wakes.length);
        expect(events.at(-1)).toMatchObject({ type: 'publish', payload: { final: true } });
      }
    }

    it('lifecycle: runs a step, sleeps, wakes on time and completes', async () => {
      const { id } = await open.client.start(goal('noop@1', { sleepMs: SLEEP_MS }));
      const events = await open.finished(id, SLEEP_MS + 20_000);
      expect(events.map(({ type }) => type)).toEqual([
        'spawn',
        'wake',
        'step',
        'sleep',
        'wake',
        'step',
        'publish',
      ]);
      const woken = events[4]?.payload as { readonly lateMs: number } | undefined;
      expect(woken?.lateMs).toBeLessThan(2_000);
    });

    it('claim check: a result over 64 KiB is a blob, and comes back whole', async () => {
      const { id } = await open.client.start(goal('writer@1', { kilobytes: 900 }));
      await open.finished(id, 30_000);
      const { result } = await open.client.get(id);
      const reference = BlobReference.parse(result?.value);
      const value = (await open.client.blob(reference.$blob.sha256)) as { report: string };
      expect(value.report.length).toBe(900 * 1024);
    });

    /** Waits until a continuation has ticked so often. */
    async function ticked(id: string, ticks: number): Promise<void> {
      const deadline = performance.now() + 60_000;
      while ((await open.client.get(id)).tick < ticks) {
        if (performance.now() > deadline) throw new Error(`${id} has not ticked ${ticks} times`);
        await pause(50);
      }
    }

    async function watching(stream: string, n: number): Promise<string> {
      const parameters = { stream, n };
      const { id } = await open.client.start({
        goal: { objective: 'watch', recipe: 'watch@1', parameters },
      });
      return id;
    }

    async function idsOf(id: string): Promise<string[]> {
      await open.finished(id, 120_000);
      const { result } = await open.client.get(id);
      return z.object({ ids: z.array(z.string()) }).parse(result?.value).ids;
    }

    it('streams: an item that is delivered again, and the whole stream replayed, wake nothing', async () => {
      const id = await watching('replayed', 4);
      const all = ['a', 'b', 'c'];
      for (const item of all) await open.publish('replayed', [item, item]);
      await ticked(id, 4);
      for (let times = 0; times < 3; times++) await open.publish('replayed', all);
      await pause(2_000);
      expect(await open.client.get(id)).toMatchObject({ status: 'sleeping', tick: 4 });
      await open.publish('replayed', [...all, 'd']);
      const ids = await idsOf(id);
      expect([...ids].sort()).toEqual([...all, 'd']);
    });

    it('streams: items that come before the sleep that waits for them are not lost', async () => {
      const id = await watching('early', 5);
      await open.publish('early', ['1', '2', '3', '4', '5']);
      expect(await idsOf(id)).toEqual(['1', '2', '3', '4', '5']);
    });

    it('streams: a worker dies between an item and its wake', async () => {
      const ids = await Promise.all(
        Array.from({ length: IN_FLIGHT }, () => watching('deadly', 10)),
      );
      for (let item = 0; item < 10; item++) {
        await open.publish('deadly', [`${item}`]);
        if (item === 4) await open.stack.app('worker-a').kill9();
      }
      const all = Array.from({ length: 10 }, (_, item) => `${item}`);
      for (const id of ids) {
        // A broker keeps no order across a redelivery.
        expect([...(await idsOf(id))].sort()).toEqual(all);
      }
      await open.stack.app('worker-a').restart();
    });

    it('outage: the state store goes away and comes back; nothing is lost', async (test) => {
      const { outage } = open.backends;
      if (!outage) return test.skip('the state store is no server of this machine');
      const ids = await startTicking(OUTAGE_MS / 1000 + 5);
      await pause(2_000);
      await outage(OUTAGE_MS);
      await allFinish(ids, 120_000);
    });

    it('throttling: the state store refuses for a while; nothing is lost', async (test) => {
      const { throttling } = open.backends;
      if (!throttling) return test.skip('this state store cannot be told to throttle');
      const ids = await startTicking(THROTTLED_MS / 1000 + 3);
      await pause(1_500);
      const before = throttling.refused;
      throttling.throttle(THROTTLED_MS);
      await allFinish(ids, 120_000);
      expect(throttling.refused - before).toBeGreaterThan(0);
    });

    it('death of a worker: the other one goes on', async () => {
      const ids = await startTicking(8);
      await pause(2_000);
      await open.stack.app('worker-a').kill9();
      await allFinish(ids, 120_000);
      await open.stack.app('worker-a').restart();
    });
  });
}
