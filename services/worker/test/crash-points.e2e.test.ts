import { CRASH_POINTS, type CrashPoint } from '@maestro/actors';
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

interface Crash {
  readonly point: CrashPoint;
  /** 1 dies in the turn of the spawn, 2 in the turn of the wake (or of the step's result). */
  readonly pass: number;
  readonly recipe: 'noop@1' | 'detour@1';
}

/** Every point of the turn in the spawn turn and in the wake turn, and every point around a detached step. */
const CRASHES: readonly Crash[] = [
  ...CRASH_POINTS.filter((point) => point.startsWith('turn.')).flatMap((point): Crash[] => [
    { point, pass: 1, recipe: 'noop@1' },
    { point, pass: 2, recipe: 'noop@1' },
  ]),
  ...CRASH_POINTS.filter((point) => point.startsWith('step.')).map((point): Crash => ({
    point,
    pass: 1,
    recipe: 'detour@1',
  })),
  // The step is intended in the log and was never started; and its result is stored and nobody has heard.
  { point: 'turn.committed', pass: 1, recipe: 'detour@1' },
  { point: 'turn.committed', pass: 2, recipe: 'detour@1' },
];

const STEPS = {
  'noop@1': ['begin#1', 'end#2'],
  'detour@1': ['work#1', 'rest#2', 'end#3'],
} as const;

describe('kill -9 at every crash point of the turn', () => {
  let workers: WorkerStack;
  beforeAll(async () => {
    workers = await startWorkers([]);
  });
  afterAll(() => workers?.close());

  it.each(CRASHES)(
    'at pass $pass of $point with $recipe nothing is lost and nothing is done twice',
    async ({ point, pass, recipe }) => {
      const name = `${point}-${pass}-${recipe.slice(0, 4)}`;
      const dying = await workers.stack.startApp(
        workerApp(`dying-${name}`, { MAESTRO_CRASH_POINT: `${point}:${pass}` }),
      );
      const ref = freshRef();
      const accepted = spawnUntilAccepted(
        workers,
        ref,
        spawnCommand(
          ref,
          recipe,
          recipe === 'noop@1' ? { sleepMs: 1000 } : { stepMs: 300, sleepMs: 500 },
        ),
      );
      expect((await dying.process.exited).signal).toBe('SIGKILL');
      await dying.sidecar.stop();
      const successor = await workers.stack.startApp(workerApp(`successor-${name}`));
      await accepted;
      const events = await finishedLog(workers, ref, 90_000);
      expect(events.filter(({ type }) => type === 'wake')).toHaveLength(2);
      expect(events.filter(({ type }) => type === 'publish')).toHaveLength(1);
      const finished = events.flatMap(({ type, payload }) => {
        const { phase, stepId } = payload as { phase?: string; stepId?: string };
        return type === 'step' && phase === 'finished' ? [stepId] : [];
      });
      expect(finished).toEqual(STEPS[recipe]);
      await successor.stopGracefully(5_000);
      await successor.sidecar.stop();
    },
    150_000,
  );
});
