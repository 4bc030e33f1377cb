import { BlobReference } from '@maestro/core';
import { findPostgres, findRedis, type ComponentSetName } from '@maestro/infra-dapr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSubstrate, type SubstrateStack } from './support/substrate-stack.ts';

/** The same scenarios on every component set; `MAESTRO_SETS` chooses some. */
const SETS = (process.env['MAESTRO_SETS'] ?? 'local,postgres,aws').split(',') as ComponentSetName[];
const full = process.env['MAESTRO_TEST_SCALE'] === 'full';
const SLEEP_MS = full ? 30_000 : 3_000;
const OUTAGE_MS = full ? 20_000 : 5_000;
const THROTTLED_MS = full ? 10_000 : 4_000;
const IN_FLIGHT = full ? 50 : 10;

const goal = (recipe: string, parameters: Record<string, number>) => ({
  goal: { objective: 'the same on every substrate', recipe, parameters },
});
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function missing(set: ComponentSetName): string | undefined {
  if (set !== 'postgres') return undefined;
  return [findPostgres(), findRedis()].flatMap((one) => (one.ok ? [] : [one.reason]))[0];
}

for (const set of SETS) {
  const reason = missing(set);
  const skipped = reason !== undefined && !process.env['CI'];
  describe.skipIf(skipped)(`substrate ${set}${skipped ? ` (skipped: ${reason})` : ''}`, () => {
    let open: SubstrateStack;
    beforeAll(async () => {
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

    it('outage: the state store is killed and comes back; nothing is lost', async (test) => {
      const server = open.backends.servers.state;
      if (!server) return test.skip('the state store is no server of this machine');
      const ids = await startTicking(OUTAGE_MS / 1000 + 5);
      await pause(2_000);
      await server.process.kill9();
      await pause(OUTAGE_MS);
      await server.restart();
      await allFinish(ids, 120_000);
    });

    it('throttling: the state store refuses for a while; nothing is lost', async (test) => {
      const { throttle } = open.backends;
      if (!throttle) return test.skip('this state store cannot be told to throttle');
      const ids = await startTicking(THROTTLED_MS / 1000 + 3);
      await pause(1_500);
      await throttle(THROTTLED_MS);
      await allFinish(ids, 120_000);
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
