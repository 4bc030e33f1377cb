import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  finishedLog,
  freshRef,
  spawnCommand,
  startWorkers,
  workerApp,
  type WorkerStack,
} from './support/worker-stack.ts';

const RUNNING = 200;
/** Longer than every step and sleep: all of it falls due while nothing may go on. */
const FROZEN_MS = 8_000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a freeze of a tenant with 200 continuations under way', () => {
  let workers: WorkerStack;
  beforeAll(async () => {
    workers = await startWorkers([workerApp('one'), workerApp('two')]);
  });
  afterAll(() => workers?.close());

  it('lets no event come after two seconds, and loses none at the thaw', async () => {
    const { continuations, tenants, store } = workers;
    const refs = Array.from({ length: RUNNING }, freshRef);
    // Half of them are within a step, half asleep.
    await Promise.all(
      refs.map((ref, index) =>
        continuations.send(
          ref,
          spawnCommand(
            ref,
            'detour@1',
            index % 2 === 0 ? { stepMs: 6_000, sleepMs: 200 } : { stepMs: 0, sleepMs: 6_000 },
          ),
        ),
      ),
    );
    const at = new Date().toISOString();
    await tenants.setFreeze({ tenant: 'test' }, { by: 'tester', reason: 'a test', at });
    await wait(2_000);
    const headsOf = (): Promise<(string | undefined)[]> =>
      Promise.all(refs.map((ref) => store.readHead(ref)));
    const before = await headsOf();
    expect(before).not.toContain(undefined);
    const refused = freshRef();
    await expect(
      continuations.send(refused, spawnCommand(refused, 'detour@1', { stepMs: 0, sleepMs: 0 })),
    ).rejects.toMatchObject({ code: 'tenant.frozen' });
    await wait(FROZEN_MS);
    expect(await headsOf()).toEqual(before);
    expect(await store.readHead(refused)).toBeUndefined();

    await tenants.setFreeze({ tenant: 'test' }, null);
    const thawedAt = Date.now();
    let interrupted = 0;
    for (const ref of refs) {
      const events = await finishedLog(workers, ref, 60_000);
      expect(events.filter(({ type }) => type === 'wake')).toHaveLength(2);
      interrupted += events.filter(({ payload }) =>
        JSON.stringify(payload).includes('"interrupted"'),
      ).length;
    }
    expect(interrupted).toBeGreaterThan(0);
    expect(interrupted).toBeLessThanOrEqual(RUNNING / 2);
    console.log(
      `freeze: ${interrupted} steps interrupted, all ${RUNNING} ended ${Date.now() - thawedAt} ms after the thaw`,
    );
  }, 180_000);
});
