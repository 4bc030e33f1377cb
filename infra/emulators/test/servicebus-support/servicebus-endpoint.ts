import {
  ServiceBusAdministrationClient,
  ServiceBusClient,
  type CreateQueueOptions,
  type CreateSubscriptionOptions,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';
import { createHmac, randomUUID } from 'node:crypto';
import { startServiceBusEmulator, type ServiceBusEmulator } from '../../src/servicebus/index.ts';
import type { ServiceBusEmulatorOptions } from '../../src/servicebus/index.ts';

const REAL = process.env['MAESTRO_SERVICEBUS_CONNECTION'];

/** Whether the suites run against a real namespace, and cases that need the emulator's own controls are skipped. */
export const isRealNamespace = REAL !== undefined;

/** A lock that a case waits out; the service allows none below 5 s. */
export const SHORT_LOCK_MS = isRealNamespace ? 5000 : 700;
/** A window of duplicate detection that a case waits out; the service allows none below 20 s. */
export const SHORT_WINDOW_MS = isRealNamespace ? 20_000 : 1500;
/** How long a case waits for a message that is there. */
export const SOON_MS = isRealNamespace ? 10_000 : 3000;
/** How long a case waits to see that no message comes. */
export const NEVER_MS = isRealNamespace ? 3000 : 300;

type Entities = NonNullable<ServiceBusEmulatorOptions['entities']>;

/** A namespace with the entities of a suite: of the emulator, or a real one. */
export interface ServiceBusEndpoint {
  readonly client: ServiceBusClient;
  readonly connectionString: string;
  /** Undefined when the namespace is a real one. */
  readonly emulator: ServiceBusEmulator | undefined;
  /** The name of an entity of the suite in the namespace. */
  name(entity: string): string;
  /** Another client, closed with the endpoint. */
  newClient(connectionString?: string): ServiceBusClient;
  close(): Promise<void>;
}

function field(connectionString: string, name: string): string {
  const part = connectionString.split(';').find((one) => one.startsWith(`${name}=`));
  return part?.slice(name.length + 1) ?? '';
}

/** The connection string with another key. */
export function withKey(connectionString: string, key: string): string {
  return connectionString.replace(/SharedAccessKey=[^;]*/, `SharedAccessKey=${key}`);
}

/** The connection string with a signature for one entity instead of the key. */
export function withSignature(
  connectionString: string,
  entity: string,
  expiresAtMs: number,
): string {
  const resource = encodeURIComponent(`${field(connectionString, 'Endpoint')}/${entity}`);
  const expiry = Math.floor(expiresAtMs / 1000);
  const signature = createHmac('sha256', field(connectionString, 'SharedAccessKey'))
    .update(`${resource}\n${expiry}`)
    .digest('base64');
  const name = field(connectionString, 'SharedAccessKeyName');
  const token = `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=${name}`;
  return connectionString
    .split(';')
    .filter((part) => !part.startsWith('SharedAccessKey'))
    .concat(`SharedAccessSignature=${token}`)
    .join(';');
}

function duration(ms: number): string {
  return `PT${ms / 1000}S`;
}

type Queue = NonNullable<Entities['queues']>[string];

function queueOptions(queue: Queue): CreateQueueOptions & CreateSubscriptionOptions {
  const { lockDurationMs, defaultMessageTimeToLiveMs, status } = queue;
  const { duplicateDetectionHistoryTimeWindowMs: windowMs } = queue;
  return {
    requiresSession: queue.requiresSession ?? false,
    deadLetteringOnMessageExpiration: queue.deadLetteringOnMessageExpiration ?? false,
    ...(queue.maxDeliveryCount !== undefined && { maxDeliveryCount: queue.maxDeliveryCount }),
    ...(lockDurationMs !== undefined && { lockDuration: duration(lockDurationMs) }),
    ...(defaultMessageTimeToLiveMs !== undefined && {
      defaultMessageTimeToLive: duration(defaultMessageTimeToLiveMs),
    }),
    ...(queue.requiresDuplicateDetection === true && { requiresDuplicateDetection: true }),
    ...(windowMs !== undefined && { duplicateDetectionHistoryTimeWindow: duration(windowMs) }),
    ...(status !== undefined && { status }),
  };
}

async function createEntities(
  admin: ServiceBusAdministrationClient,
  entities: Entities,
  name: (entity: string) => string,
): Promise<void> {
  for (const [queue, options] of Object.entries(entities.queues ?? {})) {
    await admin.createQueue(name(queue), queueOptions(options));
  }
  for (const [topic, { subscriptions = {} }] of Object.entries(entities.topics ?? {})) {
    await admin.createTopic(name(topic));
    for (const [subscription, options] of Object.entries(subscriptions)) {
      await admin.createSubscription(name(topic), subscription, queueOptions(options));
    }
  }
}

async function deleteEntities(
  admin: ServiceBusAdministrationClient,
  entities: Entities,
  name: (entity: string) => string,
): Promise<void> {
  for (const queue of Object.keys(entities.queues ?? {})) await admin.deleteQueue(name(queue));
  for (const topic of Object.keys(entities.topics ?? {})) await admin.deleteTopic(name(topic));
}

/** A client that reports the first refusal instead of trying again. */
export function connectOnce(connectionString: string, timeoutInMs = 15_000): ServiceBusClient {
  return new ServiceBusClient(connectionString, { retryOptions: { maxRetries: 0, timeoutInMs } });
}

/** Starts the emulator, or makes the entities in the namespace of `MAESTRO_SERVICEBUS_CONNECTION`. */
export async function openServiceBus(entities: Entities): Promise<ServiceBusEndpoint> {
  const emulator = isRealNamespace ? undefined : await startServiceBusEmulator({ entities });
  const connectionString = emulator?.connectionString ?? REAL ?? '';
  const prefix = isRealNamespace ? `maestro-${randomUUID()}-` : '';
  const name = (entity: string): string => `${prefix}${entity}`;
  const admin = isRealNamespace ? new ServiceBusAdministrationClient(connectionString) : undefined;
  if (admin !== undefined) await createEntities(admin, entities, name);
  const clients: ServiceBusClient[] = [];
  const newClient = (text = connectionString): ServiceBusClient => {
    const client = connectOnce(text);
    clients.push(client);
    return client;
  };
  return {
    client: newClient(),
    connectionString,
    emulator,
    name,
    newClient,
    close: async () => {
      await Promise.all(clients.map((client) => client.close()));
      if (admin !== undefined) await deleteEntities(admin, entities, name);
      await emulator?.stop();
    },
  };
}

/** The next message. Throws when none comes. */
export async function nextMessage(
  receiver: Pick<ServiceBusReceiver, 'receiveMessages'>,
): Promise<ServiceBusReceivedMessage> {
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: SOON_MS });
  if (message === undefined) throw new Error('no message came');
  return message;
}

/** Messages until none comes any more. */
export async function allMessages(
  receiver: Pick<ServiceBusReceiver, 'receiveMessages'>,
): Promise<ServiceBusReceivedMessage[]> {
  const all: ServiceBusReceivedMessage[] = [];
  for (;;) {
    const some = await receiver.receiveMessages(100, { maxWaitTimeInMs: NEVER_MS });
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** The refusal of a call. Throws when it is not refused. */
export async function refusalOf(call: Promise<unknown>): Promise<Error & { code?: string }> {
  const outcome: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  throw new Error('the call was not refused');
}
