import { CosmosClient, type Container, type Database } from '@azure/cosmos';
import { createHmac, randomUUID } from 'node:crypto';
import { startCosmosEmulator, type CosmosEmulator } from '../../src/cosmos/index.ts';

/** A request by hand, for what the SDK does not let through. */
export interface RestRequest {
  readonly method: string;
  /** Below the database, e.g. `colls/a/docs`. */
  readonly path: string;
  /** Another key than the account's. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** An answer to a {@link RestRequest}. */
export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** An account with an own database: of the emulator, or a real one. */
export interface CosmosEndpoint {
  readonly client: CosmosClient;
  readonly url: string;
  readonly key: string;
  readonly database: Database;
  /** Undefined when the endpoint is a real account. */
  readonly emulator: CosmosEmulator | undefined;
  /** A new container with the partition key `/pk` whose items may expire. */
  newContainer(defaultTtl?: number): Promise<Container>;
  rest(request: RestRequest): Promise<RestAnswer>;
  close(): Promise<void>;
}

/** Whether the suites run against a real account, and cases that need the emulator's own controls are skipped. */
export const isRealAccount = process.env['MAESTRO_COSMOS_URL'] !== undefined;

/** Headers of a request by hand about items of one partition. */
export function inPartition(...values: readonly unknown[]): Record<string, string> {
  return { 'x-ms-documentdb-partitionkey': JSON.stringify(values) };
}

function signed(method: string, path: string, key: string): Record<string, string> {
  const parts = path.split('/');
  const isFeed = parts.length % 2 === 1;
  const type = isFeed ? parts.at(-1) : parts.at(-2);
  const link = decodeURIComponent((isFeed ? parts.slice(0, -1) : parts).join('/'));
  const date = new Date().toUTCString();
  const text = `${method.toLowerCase()}\n${type}\n${link}\n${date.toLowerCase()}\n\n`;
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');
  return {
    authorization: encodeURIComponent(`type=master&ver=1.0&sig=${signature}`),
    'x-ms-date': date,
    'x-ms-version': '2020-11-05',
  };
}

async function send(url: string, key: string, request: RestRequest): Promise<RestAnswer> {
  const { method, path, body } = request;
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      'content-type': 'application/json',
      ...signed(method, path, request.key ?? key),
      ...request.headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed: unknown = text === '' ? {} : JSON.parse(text);
  return {
    status: response.status,
    headers: response.headers,
    body: parsed as Record<string, unknown>,
  };
}

/** Starts the emulator, or takes the account of `MAESTRO_COSMOS_URL` and `MAESTRO_COSMOS_KEY`. */
export async function openCosmos(): Promise<CosmosEndpoint> {
  const { MAESTRO_COSMOS_URL: realUrl, MAESTRO_COSMOS_KEY: realKey } = process.env;
  const emulator = realUrl === undefined ? await startCosmosEmulator() : undefined;
  const url = emulator?.url ?? realUrl ?? '';
  const key = emulator?.key ?? realKey ?? '';
  const client = new CosmosClient({
    endpoint: url,
    key,
    // A throttled request is to fail and not to be tried for half a minute.
    connectionPolicy: isRealAccount
      ? {}
      : { retryOptions: { maxRetryAttemptCount: 0, maxWaitTimeInSeconds: 0 } },
  });
  const { database } = await client.databases.create({ id: `maestro-contract-${randomUUID()}` });
  return {
    client,
    url,
    key,
    database,
    emulator,
    newContainer: async (defaultTtl = -1) => {
      const id = `c-${randomUUID()}`;
      const { container } = await database.containers.create({
        id,
        partitionKey: { paths: ['/pk'] },
        defaultTtl,
      });
      return container;
    },
    rest: (request) => send(url, key, { ...request, path: `dbs/${database.id}/${request.path}` }),
    close: async () => {
      await database.delete();
      client.dispose();
      await emulator?.stop();
    },
  };
}
