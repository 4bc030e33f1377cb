import { randomUUID } from 'node:crypto';
import { startAmqpServer } from './amqp/amqp-server.ts';
import type { NamespaceOptions } from './broker/entity-options.ts';
import { Namespace } from './broker/namespace.ts';
import { Throttle } from './throttle.ts';

const KEY_NAME = 'RootManageSharedAccessKey';
/** The key of an emulator that is not given one. */
const DEFAULT_KEY = 'a-key-that-everybody-may-know';
/** Largest message of the standard tier. */
const STANDARD_TIER_BYTES = 262_144;
/** How late a lock, a life or a schedule may end when nothing else happens. */
const TICK_MS = 20;
/** How late a link ends after its token. */
const TOKEN_TICK_MS = 250;

/** Options of {@link startServiceBusEmulator}. */
export interface ServiceBusEmulatorOptions {
  /** A free one unless given. */
  readonly port?: number | undefined;
  /** `127.0.0.1` unless given. */
  readonly host?: string | undefined;
  /** The key of the rule RootManageSharedAccessKey; one that everybody may know unless given. */
  readonly key?: string | undefined;
  /** Topics, subscriptions and queues; none unless given. */
  readonly entities?: NamespaceOptions | undefined;
  /** A journal to continue; messages are kept in memory alone when left out. */
  readonly dataFile?: string | undefined;
  /** Largest message or batch; 256 KB unless given, as in the standard tier. */
  readonly maxMessageBytes?: number | undefined;
}

/** A running emulator. */
export interface ServiceBusEmulator {
  readonly host: string;
  readonly port: number;
  /** What clients connect with: without TLS. */
  readonly connectionString: string;
  /** Refuses sends and management requests as a busy server for so long. */
  throttle(forMs: number): void;
  /** Ends the server, drops its connections and lets go of the journal. */
  stop(): Promise<void>;
}

/** Starts the emulator in this process and waits until it listens. */
export async function startServiceBusEmulator(
  options: ServiceBusEmulatorOptions = {},
): Promise<ServiceBusEmulator> {
  const { host = '127.0.0.1', port = 0, key = DEFAULT_KEY, entities = {}, dataFile } = options;
  const namespace = new Namespace(entities, randomUUID, dataFile);
  const throttle = new Throttle();
  const server = await startAmqpServer({
    host,
    port,
    namespace,
    rule: { keyName: KEY_NAME, key },
    maxMessageBytes: options.maxMessageBytes ?? STANDARD_TIER_BYTES,
    now: Date.now,
    checkThrottle: () => throttle.check(Date.now()),
  });
  const tickers = [
    setInterval(() => namespace.advance(Date.now()), TICK_MS),
    setInterval(() => server.checkTokens(Date.now()), TOKEN_TICK_MS),
  ];
  return {
    host,
    port: server.port,
    connectionString: `Endpoint=sb://${host}:${server.port};SharedAccessKeyName=${KEY_NAME};SharedAccessKey=${key};UseDevelopmentEmulator=true`,
    throttle: (forMs) => throttle.start(forMs, Date.now()),
    stop: async () => {
      for (const ticker of tickers) clearInterval(ticker);
      await server.stop();
      namespace.close();
    },
  };
}
