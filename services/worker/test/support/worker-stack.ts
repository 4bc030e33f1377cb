import {
  connectRows,
  ContinuationClient,
  SidecarHttp,
  FencedStore,
  StoredTenants,
  systemClock,
  type Command,
} from '@maestro/actors';
import {
  deriveContinuationId,
  LogVerifier,
  parseStoredEvent,
  sha256Hex,
  type ContinuationRef,
  type StoredEvent,
} from '@maestro/core';
import {
  ensureDapr,
  startSidecar,
  startStack,
  type AppSpec,
  type ControlPlane,
  type Stack,
} from '@maestro/infra-dapr';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const repository = path.resolve(import.meta.dirname, '../../../..');

/** Workers on SQLite, and a sidecar of the test through which it calls them. */
export interface WorkerStack {
  readonly stack: Stack;
  readonly dataDir: string;
  readonly continuations: ContinuationClient;
  readonly store: FencedStore;
  readonly tenants: StoredTenants;
  readonly controlPlane: ControlPlane;
  close(): Promise<void>;
}

/** A worker of the stack. */
export function workerApp(name: string, env: Readonly<Record<string, string>> = {}): AppSpec {
  return {
    appId: 'maestro-worker',
    name,
    command: [process.execPath, path.join(repository, 'services/worker/dist/main.js')],
    actorTypes: ['Continuation'],
    env: {
      MAESTRO_RECIPES: `@maestro/recipes,${path.join(import.meta.dirname, 'test-recipes.mjs')}`,
      ...env,
    },
  };
}

/** What the workers of a stack and its test sign their calls with, as in production. */
const ACTOR_KEY = 'the key of all workers of a stack';

/** Starts workers. */
export async function startWorkers(apps: readonly AppSpec[]): Promise<WorkerStack> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'maestro-worker-'));
  const binaries = await ensureDapr();
  const stack = await startStack({
    dataDir,
    binaries,
    components: 'local',
    env: {
      MAESTRO_ENV: 'development',
      MAESTRO_LOG_LEVEL: 'warn',
      MAESTRO_ACTOR_KEY: ACTOR_KEY,
    },
    apps,
  });
  const sidecar = await startSidecar({
    binaries,
    controlPlane: stack.controlPlane,
    appId: 'test',
    dataDir,
    env: stack.env,
    resourcesPaths: [path.join(repository, 'components/local')],
  });
  await sidecar.waitHealthy(30_000);
  const http = new SidecarHttp(sidecar.httpPort);
  const rows = connectRows(http, 'maestro-state');
  return {
    stack,
    dataDir,
    controlPlane: stack.controlPlane,
    continuations: new ContinuationClient(http, ACTOR_KEY),
    store: new FencedStore(rows),
    tenants: new StoredTenants(rows, systemClock),
    close: async () => {
      await http.close();
      await sidecar.stop();
      await stack.stop({ drainMs: 2_000 });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

let made = 0;

/** A continuation that no other test uses. */
export function freshRef(): ContinuationRef {
  return { tenant: 'test', id: deriveContinuationId('test', `${Date.now()}-${made++}`) };
}

/** The command that starts a recipe. */
export function spawnCommand(
  ref: ContinuationRef,
  recipe: string,
  parameters: Record<string, string | number> = {},
): Command {
  return {
    kind: 'spawn',
    goal: { objective: 'a test', recipe, sensitivity: 'internal', parameters },
    requestedBy: { subject: 'tester' },
    requestHash: sha256Hex(ref.id),
  };
}

/** Starts a continuation, again and again until it is accepted. */
export async function spawnUntilAccepted(
  { continuations }: WorkerStack,
  ref: ContinuationRef,
  command: Command,
): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await continuations.send(ref, command, { timeoutMs: 5_000 });
      return;
    } catch (error) {
      if (tries > 60) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** Waits for the end of a continuation and checks its whole log. */
export async function finishedLog(
  { store }: WorkerStack,
  ref: ContinuationRef,
  withinMs: number,
): Promise<readonly StoredEvent[]> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const events: StoredEvent[] = [];
    const verifier = new LogVerifier(ref);
    for (;;) {
      const rows = await store.readRange(ref, verifier.position.sequence + 1, 500);
      for (const row of rows) {
        const event = parseStoredEvent(row);
        const fault = verifier.add(event);
        if (fault) throw new Error(`event ${fault.sequence} of ${ref.id}: ${fault.message}`);
        events.push(event);
      }
      if (rows.length < 500) break;
    }
    const status = verifier.state?.status;
    if (status === 'completed' || status === 'failed' || status === 'killed') {
      if ((await store.readHead(ref)) !== verifier.head)
        throw new Error(`the log of ${ref.id} does not fold to its head`);
      return events;
    }
    if (performance.now() > deadline) {
      const last = events.slice(-4).map(({ type, at, generation, commit, payload }) => {
        const { phase, attempt } = payload as { phase?: string; attempt?: number };
        return [type, phase, attempt, at, `generation ${generation}`, commit].join(' ');
      });
      throw new Error(
        `${ref.id} is ${status} after ${withinMs} ms, at ${new Date().toISOString()}:\n${last.join('\n')}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
