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

describe('SIGTERM with 200 ticks running', () => {
  let workers: WorkerStack;
  beforeAll(async () => {
    workers = await startWorkers([workerApp('leaving', { MAESTRO_DRAIN_MS: '8000' })]);
  });
  afterAll(() => workers?.close());

  it('loses none, exits with 0, and the successor goes on at once', async () => {
    const refs = Array.from({ length: RUNNING }, freshRef);
    const early = refs.slice(0, RUNNING / 2);
    // Half of them can end within the drain time, half cannot.
    await Promise.all(
      refs.map((ref) =>
        workers.continuations.send(
          ref,
          spawnCommand(ref, 'detour@1', {
            stepMs: early.includes(ref) ? 4_000 : 20_000,
            sleepMs: 500,
          }),
        ),
      ),
    );
    const successor = await workers.stack.startApp(workerApp('successor'));
    const leaving = workers.stack.app('leaving');
    process.kill(leaving.process.pid ?? 0, 'SIGTERM');
    const stoppedAt = Date.now();
    const exit = await leaving.process.exited;
    const exitedAfterMs = Date.now() - stoppedAt;
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(successor.process.running).toBe(true);
    const starts: number[] = [];
    for (const ref of refs) {
      const events = await finishedLog(workers, ref, 120_000);
      expect(events.filter(({ type }) => type === 'wake')).toHaveLength(2);
      for (const { type, payload, at } of events) {
        const { phase, attempt } = payload as { phase?: string; attempt?: number };
        if (type === 'step' && phase === 'intended' && attempt === 2) {
          starts.push(Date.parse(at) - stoppedAt);
        }
      }
    }
    starts.sort((a, b) => a - b);
    expect(starts.length).toBeGreaterThanOrEqual(RUNNING / 2);
    // Eight seconds of drain, then a hand-over; not the thirty seconds of a lease.
    expect(starts.at(-1)).toBeLessThan(24_000);
    console.log(
      `drain: exit ${exitedAfterMs} ms after SIGTERM; ${starts.length} interrupted steps started anew, p50 ${starts[Math.floor(starts.length / 2)]} ms, last ${starts.at(-1)} ms after SIGTERM`,
    );
  }, 240_000);
});
