import type { AddressInfo } from 'node:net';
import type { MessageQueue } from '../broker/message-queue.ts';
import { ClientConnection, type ConnectionContext } from './client-connection.ts';
import { Dispatcher } from './dispatcher.ts';
import { keepBytes, type RheaConnection, type RheaContext } from './rhea-link.ts';
import { enableSasl, newContainer } from './sasl-mechanisms.ts';

/** Longest frame, as the service has it. */
const MAX_FRAME_BYTES = 65_536;
const IDLE_MS = 120_000;
/** Messages that a session may hold unsettled. */
const UNSETTLED = { incoming: 2048, outgoing: 1_048_576 };

/** What a server of the namespace needs. */
export type AmqpServerOptions = Omit<ConnectionContext, 'dispatcherOf'> & {
  readonly host: string;
  readonly port: number;
};

/** A listening server. */
export interface AmqpServer {
  readonly port: number;
  /** Closes the links that no token allows any more. */
  checkTokens(nowMs: number): void;
  /** Drops all connections and stops listening. */
  stop(): Promise<void>;
}

/** Listens for AMQP connections and serves them from the namespace. */
export async function startAmqpServer(options: AmqpServerOptions): Promise<AmqpServer> {
  const { host, port, now } = options;
  const dispatchers = new Map<MessageQueue, Dispatcher>();
  const dispatcherOf = (queue: MessageQueue): Dispatcher => {
    const dispatcher = dispatchers.get(queue) ?? new Dispatcher(queue, now);
    dispatchers.set(queue, dispatcher);
    return dispatcher;
  };
  const container = newContainer('servicebus-emulator');
  enableSasl(container, options.rule);
  const clients = new Map<RheaConnection, ClientConnection>();
  const clientOf = (connection: RheaConnection): ClientConnection => {
    const client =
      clients.get(connection) ?? new ClientConnection(connection, { ...options, dispatcherOf });
    clients.set(connection, client);
    return client;
  };
  const gone = ({ connection }: RheaContext): void => {
    clients.get(connection)?.closed();
    clients.delete(connection);
  };
  container.on('connection_open', ({ connection }: RheaContext) => void clientOf(connection));
  container.on('session_open', ({ session }: RheaContext) => keepBytes(session));
  container.on('receiver_open', ({ connection, receiver }: RheaContext) =>
    clientOf(connection).attachReceiver(receiver),
  );
  container.on('sender_open', ({ connection, sender }: RheaContext) =>
    clientOf(connection).attachSender(sender),
  );
  container.on('connection_close', gone);
  container.on('disconnected', gone);
  for (const event of ['error', 'protocol_error', 'connection_error', 'session_error']) {
    container.on(event, () => undefined);
  }
  const server = container.listen({
    host,
    port,
    max_frame_size: MAX_FRAME_BYTES,
    idle_time_out: IDLE_MS,
    session_buffer_size: UNSETTLED,
    credit_window: 0,
    autoaccept: false,
    autosettle: true,
    treat_modified_as_released: false,
    tcp_no_delay: true,
  } as Parameters<typeof container.listen>[0]);
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    checkTokens: (nowMs) => {
      for (const client of clients.values()) client.checkTokens(nowMs);
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const client of clients.values()) client.closed();
      clients.clear();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
