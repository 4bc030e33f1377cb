import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ChaosStack, WorkerName } from './chaos-stack.ts';
import type { Fleet } from './fleet.ts';

/** One kind of fault. */
export const FAULTS = [
  'kill-worker',
  'kill-sidecar',
  'freeze-worker',
  'kill-scheduler',
  'kill-placement',
  'freeze-worker-and-sidecar',
  'freeze-sidecar',
  'kill-worker-and-sidecar',
] as const;
export type Fault = (typeof FAULTS)[number];

/** What a freeze did. */
export interface Freeze {
  readonly worker: WorkerName;
  readonly frozenAtMs: number;
  readonly thawedAtMs: number;
}

/** How long a part stays dead before it is started again, in ms. */
const DEAD_MS = 1_500;

/** Does one fault to one worker or to the control plane, and repairs what an orchestrator would repair: dead processes are started again. */
export async function inject(
  fault: Fault,
  victim: WorkerName,
  { stack, freezeFileOf }: ChaosStack,
  fleet: Fleet,
  freezeMs: number,
): Promise<Freeze | undefined> {
  const app = stack.app(victim);
  switch (fault) {
    case 'kill-worker':
      await app.kill9();
      await pause(DEAD_MS);
      await app.restart();
      return undefined;
    case 'kill-sidecar':
      await app.sidecar.process.kill9();
      await pause(DEAD_MS);
      await app.sidecar.restart();
      await app.sidecar.waitHealthy(60_000);
      return undefined;
    case 'kill-worker-and-sidecar':
      await Promise.all([app.kill9(), app.sidecar.process.kill9()]);
      await pause(DEAD_MS);
      await app.sidecar.restart();
      await app.restart();
      return undefined;
    case 'kill-scheduler':
      await stack.controlPlane.scheduler.kill9();
      await pause(DEAD_MS);
      await stack.controlPlane.restartScheduler();
      return undefined;
    case 'kill-placement':
      await stack.controlPlane.placement.kill9();
      await pause(DEAD_MS);
      await stack.controlPlane.restartPlacement();
      return undefined;
    case 'freeze-sidecar':
      app.sidecar.process.signal('SIGSTOP');
      await pause(freezeMs);
      app.sidecar.process.signal('SIGCONT');
      return undefined;
    case 'freeze-worker':
    case 'freeze-worker-and-sidecar': {
      const file = freezeFileOf(victim);
      writeFileSync(file, '');
      const { pid } = app.process;
      for (let waitedMs = 0; !isStopped(pid); waitedMs += 20) {
        if (waitedMs > 60_000) {
          rmSync(file, { force: true });
          throw new Error(`${victim} had no turn to be frozen in`);
        }
        await pause(20);
      }
      const frozenAtMs = Date.now();
      if (fault === 'freeze-worker-and-sidecar') app.sidecar.process.signal('SIGSTOP');
      while (Date.now() - frozenAtMs < freezeMs) {
        await pause(2_000);
        // The watchdog's part: what is overdue is looked after, so the frozen host's turns go on elsewhere.
        await fleet.pokeOverdue(3_000);
      }
      const thawedAtMs = Date.now();
      if (fault === 'freeze-worker-and-sidecar') app.sidecar.process.signal('SIGCONT');
      app.process.signal('SIGCONT');
      if (existsSync(file)) rmSync(file);
      await pause(8_000);
      return { worker: victim, frozenAtMs, thawedAtMs };
    }
  }
}

/** Whether a process is stopped by a signal. */
function isStopped(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
  } catch {
    return false;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
