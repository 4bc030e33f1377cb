import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder } from '../launch/component-set.ts';
import type { Overlay } from '../launch/overlay.ts';
import { allOrNone } from './all-or-none.ts';
import { AZURITE_ACCOUNT, AZURITE_KEY, createContainer } from './azurite-container.ts';
import { startAzurite } from './azurite.ts';
import { killedFor, startServerProcess, type RestartableServer } from './http-server-process.ts';
import type { ServerOptions } from './postgres.ts';
import type { SetBackends } from './set-backends.ts';
import { COSMOS_THROTTLED, startFaultProxy } from './fault-proxy.ts';

/** Keys of the emulators, which run on 127.0.0.1 only. */
const COSMOS_KEY = Buffer.from('the key of an emulator on this machine only').toString('base64');
const SERVICEBUS_KEY = 'the-key-of-an-emulator-on-this-machine-only';
const CONTAINER = 'maestro-blobs';

/** Topics, and the subscriptions that every app of an installation has. */
export interface ServiceBusTopics {
  readonly topics: readonly string[];
  readonly subscriptions: readonly string[];
}

/** Starts the Cosmos DB and Service Bus emulators and Azurite for `components/azure`; all or, on failure, none. */
export async function startAzureBackends(
  options: ServerOptions & { readonly serviceBus: ServiceBusTopics; readonly faults?: boolean },
): Promise<SetBackends> {
  const starting = [startCosmos(options), startServiceBus(options), startAzurite(options)] as const;
  return await allOrNone(starting, async ([cosmos, serviceBus, azurite]) => {
    await createContainer(azurite.port, CONTAINER);
    const proxy = options.faults ? await startFaultProxy(cosmos.port, COSMOS_THROTTLED) : undefined;
    return {
      servers: { state: cosmos, pubsub: serviceBus, blobs: azurite },
      env: {
        MAESTRO_COSMOS_URL: `http://127.0.0.1:${proxy?.port ?? cosmos.port}`,
        MAESTRO_SERVICEBUS: '127.0.0.1',
        MAESTRO_BLOB_ACCOUNT: AZURITE_ACCOUNT,
        MAESTRO_KEYVAULT: 'none',
        MAESTRO_AZURE_CLIENT_ID: 'none',
      },
      overlay: azureOverlay(serviceBus.port, azurite.port),
      outage: (ms) => killedFor(cosmos, ms),
      ...(proxy && { throttling: proxy }),
      emulated: 'our emulators of Cosmos DB and Service Bus; Azurite (Blob)',
      stop: async () => {
        await Promise.all([proxy?.stop(), cosmos.stop(), serviceBus.stop(), azurite.stop()]);
      },
    };
  });
}

/** What reaches these servers. Key Vault cannot run here: secrets come from the environment. */
export function azureOverlay(serviceBusPort: number, blobPort: number): Overlay {
  const identity = ['azureClientId'];
  return {
    'maestro-state': { set: { masterKey: COSMOS_KEY }, unset: identity },
    'maestro-pubsub': {
      set: {
        connectionString: `Endpoint=sb://127.0.0.1:${serviceBusPort};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=${SERVICEBUS_KEY};UseDevelopmentEmulator=true`,
      },
      unset: [...identity, 'namespaceName'],
    },
    'maestro-blobs': {
      set: { endpoint: `http://127.0.0.1:${blobPort}`, accountKey: AZURITE_KEY },
      unset: identity,
    },
    'maestro-secrets': {
      type: 'secretstores.local.env',
      set: { prefix: 'MAESTRO_SECRET_' },
      unset: [...identity, 'vaultName'],
    },
  };
}

function emulator(name: 'cosmos' | 'servicebus'): string {
  return join(repositoryFolder(), 'infra/emulators/dist', name, 'main.js');
}

/** Starts the Cosmos DB emulator with the container of `components/azure`, or another one as `seed` says. */
export async function startCosmos(
  options: ServerOptions & { readonly seed?: string },
): Promise<RestartableServer> {
  const server = await startServerProcess({
    name: 'cosmos',
    dataDir: options.dataDir,
    command: () => [process.execPath, emulator('cosmos')],
    env: (port, folder) => ({
      COSMOS_PORT: String(port),
      COSMOS_KEY,
      COSMOS_SEED: options.seed ?? 'maestro/continuations:/partitionKey',
      COSMOS_DATA: join(folder, 'data.jsonl'),
    }),
  });
  options.log?.(`Cosmos DB emulator on 127.0.0.1:${server.port}`);
  return server;
}

async function startServiceBus(
  options: ServerOptions & { readonly serviceBus: ServiceBusTopics },
): Promise<RestartableServer> {
  const { topics, subscriptions } = options.serviceBus;
  const entities = {
    topics: Object.fromEntries(
      topics.map((topic) => [
        topic,
        {
          subscriptions: Object.fromEntries(
            subscriptions.map((name) => [name, { lockDurationMs: 30_000, maxDeliveryCount: 5 }]),
          ),
        },
      ]),
    ),
  };
  const server = await startServerProcess({
    name: 'servicebus',
    dataDir: options.dataDir,
    command: () => [process.execPath, emulator('servicebus')],
    env: (port, folder) => {
      const file = join(folder, 'entities.json');
      writeFileSync(file, JSON.stringify(entities));
      return {
        SERVICEBUS_PORT: String(port),
        SERVICEBUS_KEY,
        SERVICEBUS_ENTITIES: file,
        SERVICEBUS_DATA: join(folder, 'data.jsonl'),
      };
    },
  });
  options.log?.(`Service Bus emulator on 127.0.0.1:${server.port}`);
  return server;
}
