import { DaprStreamBus, SidecarHttp, STREAMS_TOPIC } from '@maestro/actors';
import { MaestroClient } from '@maestro/client';
import { mintDevToken } from '@maestro/client/dev-token';
import { LogVerifier, type StoredEvent } from '@maestro/core';
import {
  setFolder,
  startSetBackends,
  startStack,
  type AppSpec,
  type ComponentSetName,
  type SetBackends,
  type Stack,
} from '@maestro/infra-dapr';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventTopics } from '../../src/event-topics.ts';

const repository = path.resolve(import.meta.dirname, '../../..');
const TENANT = 'substrate';

/** Two workers and an API, each with a sidecar of its own, on a component set. */
export interface SubstrateStack {
  readonly backends: SetBackends;
  readonly stack: Stack;
  readonly client: MaestroClient;
  /** Of the API, with a token of an operator of the tenant. */
  readonly baseUrl: string;
  readonly token: string;
  readonly tenant: string;
  /** Waits for the end of a continuation and checks its whole log: gapless, chained, complete. */
  finished(id: string, withinMs: number): Promise<readonly StoredEvent[]>;
  /** Publishes items of a stream on the set's broker, or by the API where there is none. */
  publish(stream: string, ids: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** What a stack has beside two workers and an API. */
export interface SubstrateOptions {
  /** Whether workers publish on the set's broker, if it has one. @default true */
  readonly publishes?: boolean;
  /** Variables of all applications beside their own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly moreApps?: (backends: SetBackends, dataDir: string) => readonly AppSpec[];
}

/** Starts a component set with everything that the scenarios need. */
export async function openSubstrate(
  set: ComponentSetName,
  { publishes = set !== 'local', moreApps = () => [], env: given = {} }: SubstrateOptions = {},
): Promise<SubstrateStack> {
  const dataDir = await mkdtemp(path.join(tmpdir(), `maestro-substrate-${set}-`));
  const backends = await startSetBackends(set, {
    dataDir,
    faults: true,
    serviceBus: eventTopics(['maestro-worker', 'maestro-api', 'maestro-warehouse']),
  });
  const more = moreApps(backends, dataDir);
  const env = {
    MAESTRO_ENV: 'development',
    MAESTRO_LOG_LEVEL: 'warn',
    ...backends.env,
    ...given,
  };
  const recipes = `@maestro/recipes,${path.join(import.meta.dirname, 'substrate-recipes.mjs')}`;
  const stack = await startStack({
    dataDir,
    components: setFolder(set, backends, dataDir),
    env,
    apps: [
      ...['worker-a', 'worker-b'].map((name) => ({
        appId: 'maestro-worker',
        name,
        command: [process.execPath, path.join(repository, 'services/worker/dist/main.js')],
        actorTypes: ['Continuation'],
        env: {
          MAESTRO_RECIPES: recipes,
          ...(publishes ? { MAESTRO_PUBSUB: 'maestro-pubsub' } : {}),
        },
      })),
      {
        appId: 'maestro-api',
        command: [process.execPath, path.join(repository, 'services/api/dist/main.js')],
        publicPort: 'auto',
        env: { MAESTRO_RECIPES: recipes, MAESTRO_WAREHOUSE_APP: 'maestro-warehouse' },
      },
      ...more,
    ],
  }).catch(async (error: unknown) => {
    await backends.stop();
    throw error;
  });
  const baseUrl = `http://127.0.0.1:${stack.app('maestro-api').publicPort}`;
  const token = await mintDevToken({
    keyFile: path.join(dataDir, 'dev-issuer.json'),
    tenant: TENANT,
    subject: 'tester',
    roles: ['researcher', 'operator'],
  });
  const client = new MaestroClient({ baseUrl, token });
  const http = new SidecarHttp(stack.app('maestro-api').sidecar.httpPort);
  const bus = new DaprStreamBus(http, 'maestro-pubsub');
  return {
    backends,
    stack,
    client,
    baseUrl,
    token,
    tenant: TENANT,
    finished: async (id, withinMs) => {
      const deadline = performance.now() + withinMs;
      for (;;) {
        const status = await client.get(id).then(
          (view) => view.status,
          () => 'unknown',
        );
        if (['completed', 'failed', 'killed'].includes(status)) break;
        if (performance.now() > deadline)
          throw new Error(`${id} is ${status} after ${withinMs} ms`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const verifier = new LogVerifier({ tenant: TENANT, id });
      const events: StoredEvent[] = [];
      for await (const event of client.allEvents(id)) {
        const fault = verifier.add(event);
        if (fault) throw new Error(`event ${fault.sequence} of ${id}: ${fault.message}`);
        events.push(event);
      }
      return events;
    },
    publish: async (stream, ids) => {
      const items = ids.map((id) => ({ id }));
      if (set === 'local') {
        await client.publish(stream, items);
        return;
      }
      await bus.publish(STREAMS_TOPIC, {
        id: `${stream}/${ids.join()}/${Math.random()}`,
        data: { tenant: TENANT, stream, items },
      });
    },
    close: async () => {
      await http.close();
      await stack.stop({ drainMs: 2_000 });
      await backends.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
