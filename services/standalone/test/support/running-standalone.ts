import { MaestroClient } from '@maestro/client';
import { mintDevToken, type DevTokenOptions } from '@maestro/client/dev-token';
import { LogVerifier, type StoredEvent } from '@maestro/core';
import { startPostgresBackends, startStack, type Backends, type Stack } from '@maestro/infra-dapr';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The repository's root. */
export const repository = path.resolve(import.meta.dirname, '../../../..');

/** A standalone stack and a client of it. */
export interface RunningStandalone {
  readonly stack: Stack;
  readonly client: MaestroClient;
  readonly baseUrl: string;
  readonly dataDir: string;
  readonly token: string;
  /** The servers behind `components/postgres`. */
  readonly backends: Backends | undefined;
  /** A token of the stack's own issuer. */
  readonly tokenFor: (options: Partial<Omit<DevTokenOptions, 'keyFile'>>) => Promise<string>;
  close(): Promise<void>;
}

/** Starts the standalone service on a component set, in a folder of its own. */
export async function startStandalone(
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly components?: 'local' | 'postgres';
    readonly dataDir?: string;
  } = {},
): Promise<RunningStandalone> {
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'maestro-e2e-')));
  const { components = 'local' } = options;
  const backends = components === 'postgres' ? await startPostgresBackends({ dataDir }) : undefined;
  const close = async (stack?: Stack): Promise<void> => {
    await stack?.stop({ drainMs: 2_000 });
    await backends?.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  const stack = await startStack({
    dataDir,
    components,
    env: {
      MAESTRO_ENV: 'development',
      MAESTRO_LOG_LEVEL: 'warn',
      ...backends?.env,
      ...options.env,
    },
    apps: [
      {
        appId: 'maestro',
        command: [process.execPath, path.join(repository, 'services/standalone/dist/main.js')],
        publicPort: 'auto',
        actorTypes: ['Continuation'],
      },
    ],
  }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const baseUrl = `http://127.0.0.1:${stack.app('maestro').publicPort}`;
  const tokenFor: RunningStandalone['tokenFor'] = (token) =>
    mintDevToken({
      keyFile: path.join(dataDir, 'dev-issuer.json'),
      tenant: 'e2e',
      subject: 'tester',
      roles: ['researcher', 'operator'],
      ...token,
    });
  const token = await tokenFor({});
  return {
    stack,
    baseUrl,
    dataDir,
    token,
    backends,
    tokenFor,
    client: new MaestroClient({ baseUrl, token }),
    close: () => close(stack),
  };
}

/** A start request. */
export function goalOf(recipe: string, parameters: Record<string, string | number> = {}) {
  return { goal: { objective: 'an end-to-end test', recipe, parameters } };
}

/** Waits until a condition holds, looking every 50 ms. */
export async function until(
  what: string,
  condition: () => Promise<boolean>,
  withinMs: number,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits for the end of a continuation and checks its whole log: gapless, chained, folding to the head. */
export async function finishedLog(
  client: MaestroClient,
  id: string,
  withinMs: number,
): Promise<readonly StoredEvent[]> {
  await until(
    `${id} finishes`,
    async () => ['completed', 'failed', 'killed'].includes((await client.get(id)).status),
    withinMs,
  );
  const events: StoredEvent[] = [];
  const verifier = new LogVerifier({ tenant: 'e2e', id });
  for await (const event of client.allEvents(id)) {
    const fault = verifier.add(event);
    if (fault) throw new Error(`event ${fault.sequence} of ${id}: ${fault.message}`);
    events.push(event);
  }
  const { headRow } = await client.events(id, { includeHead: true, limit: 1 });
  if (headRow !== verifier.head) throw new Error(`the log of ${id} does not fold to its head`);
  return events;
}
