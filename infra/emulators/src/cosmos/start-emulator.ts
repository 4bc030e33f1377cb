import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { badRequest, CosmosError } from './cosmos-error.ts';
import { objectBody } from './documents/document-context.ts';
import { Authorization } from './http/authorization.ts';
import { readRequest, type CosmosRequest } from './http/cosmos-request.ts';
import { activityIdOf, refusal, write, type Reply } from './http/reply.ts';
import { answer } from './http/routes.ts';
import { applySeed } from './seed.ts';
import { Account } from './store/account.ts';
import { Throttle } from './throttle.ts';

/** The key of an emulator that is not given one: 64 bytes that everybody may know. */
const DEFAULT_KEY = Buffer.from('maestro-cosmos-emulator-key-'.padEnd(64, '0')).toString('base64');

/** Options of {@link startCosmosEmulator}. */
export interface CosmosEmulatorOptions {
  /** A free one unless given. */
  readonly port?: number | undefined;
  /** `127.0.0.1` unless given. */
  readonly host?: string | undefined;
  /** The account's master key in base64; one that everybody may know unless given. */
  readonly key?: string | undefined;
  /** A journal to continue; the data is kept in memory alone when left out. */
  readonly dataFile?: string | undefined;
  /** Databases and containers to have, `db/container:/partitionKey`, divided by commas. */
  readonly seed?: string | undefined;
}

/** A running emulator. */
export interface CosmosEmulator {
  /** The account's endpoint. */
  readonly url: string;
  /** The account's master key in base64. */
  readonly key: string;
  /** Answers 429 to every request about items for so long. */
  throttle(forMs: number): void;
  /** Ends the server and lets go of the journal. */
  stop(): Promise<void>;
}

/** Starts the emulator in this process and waits until it listens. */
export async function startCosmosEmulator(
  options: CosmosEmulatorOptions = {},
): Promise<CosmosEmulator> {
  const { host = '127.0.0.1', key = DEFAULT_KEY, port = 0 } = options;
  const account = new Account(Date.now, options.dataFile);
  applySeed(account, options.seed ?? '');
  const authorization = new Authorization(key);
  const throttle = new Throttle();

  const control = (request: CosmosRequest): Reply => {
    const { forMs } = objectBody(request);
    if (request.rawPath !== '_emulator/throttle' || typeof forMs !== 'number') {
      throw badRequest('The emulator itself knows POST /_emulator/throttle with {"forMs": number}');
    }
    throttle.start(forMs, Date.now());
    return { status: 204 };
  };
  const reply = async (message: IncomingMessage, activityId: string): Promise<Reply> => {
    try {
      const request = await readRequest(message);
      if (request.segments[0] === '_emulator') return control(request);
      authorization.check(request);
      const nowMs = Date.now();
      if (request.segments[4] === 'docs') throttle.check(nowMs);
      return answer(account, request, nowMs);
    } catch (error) {
      if (error instanceof CosmosError) return refusal(error, activityId);
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return refusal(new CosmosError(500, text), activityId);
    }
  };
  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const sent = message.headers['x-ms-activity-id'];
    const activityId = activityIdOf(Array.isArray(sent) ? sent[0] : sent);
    write(response, await reply(message, activityId), activityId);
  };

  const server = createServer((message, response) => void serve(message, response));
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${bound}/`,
    key,
    throttle: (forMs) => throttle.start(forMs, Date.now()),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      account.close();
    },
  };
}
