import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { loginOf, TdsReader, type TdsStatement } from './tds-reader.ts';
import {
  loginAck,
  preLogin,
  refusal,
  resultOf,
  transactionChange,
  type TdsResult,
} from './tds-writer.ts';

/** A refusal with a number of its own. */
export class TdsRefusal extends Error {
  readonly number: number;

  constructor(number: number, message: string) {
    super(message);
    this.number = number;
  }
}

/** What is behind one connection. */
export interface TdsSession {
  run(statement: TdsStatement): Promise<TdsResult>;
  close(): Promise<void>;
}

/** Options of {@link TdsServer}. */
export interface TdsServerOptions {
  readonly password: string;
  readonly open: () => Promise<TdsSession>;
}

const PACKET = { batch: 1, call: 3, answer: 4, attention: 6, login: 16, preLogin: 18 };

/**
 * Speaks as much of TDS 7.4 as a client needs that sends batches and `sp_executesql` with NVARCHAR and BIGINT, and begins
 * and ends transactions by statements: no encryption, no bulk load, no transaction manager requests. Keeps every statement.
 */
export class TdsServer {
  readonly statements: TdsStatement[] = [];
  readonly #server: Server;
  readonly #options: TdsServerOptions;
  readonly #sockets = new Set<Socket>();
  /** Told of each statement before it runs; may cut the connection. */
  before: ((statement: TdsStatement, socket: Socket) => void) | undefined;
  /** Told of each statement once it has run, before the answer is sent. */
  after: ((statement: TdsStatement, socket: Socket) => void) | undefined;

  private constructor(options: TdsServerOptions) {
    this.#options = options;
    this.#server = createServer((socket) => void this.#serve(socket));
  }

  static async start(options: TdsServerOptions): Promise<TdsServer> {
    const started = new TdsServer(options);
    started.#server.listen(0, '127.0.0.1');
    await once(started.#server, 'listening');
    return started;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cuts all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    const closed = once(socket, 'close').catch(() => undefined);
    socket.on('error', () => undefined);
    let session: TdsSession | undefined;
    let transaction = 0n;
    try {
      for await (const { kind, data } of messagesOf(socket)) {
        if (kind === PACKET.preLogin) {
          send(socket, preLogin());
        } else if (kind === PACKET.login) {
          const isRight = loginOf(data).password === this.#options.password;
          if (isRight) session = await this.#options.open();
          send(socket, isRight ? loginAck() : refusal(18_456, 'Login failed'));
        } else if (session && (kind === PACKET.batch || kind === PACKET.call)) {
          const reader = new TdsReader(data);
          const named = reader.headers();
          const asked =
            kind === PACKET.call
              ? reader.call()
              : { sql: reader.rest().toString('utf16le'), parameters: {} };
          const statement = { ...asked, transaction: named !== 0n && named === transaction };
          const { answer, next } = await this.#answer(statement, session, socket, transaction);
          transaction = next;
          send(socket, answer);
        } else {
          throw new Error(`a message of a kind that is not known: ${kind}`);
        }
      }
    } catch (error) {
      if (!socket.destroyed) console.error(error);
      socket.destroy();
    }
    await closed;
    this.#sockets.delete(socket);
    await session?.close();
  }

  async #answer(
    statement: TdsStatement,
    session: TdsSession,
    socket: Socket,
    transaction: bigint,
  ): Promise<{ readonly answer: Buffer; readonly next: bigint }> {
    this.statements.push(statement);
    this.before?.(statement, socket);
    // Who has been cut off is not served any more.
    if (socket.destroyed) return { answer: Buffer.alloc(0), next: transaction };
    try {
      const result = resultOf(await session.run(statement));
      this.after?.(statement, socket);
      const [, verb] = /^(begin|commit|rollback) transaction/.exec(statement.sql) ?? [];
      if (verb === undefined) return { answer: result, next: transaction };
      if (verb === 'begin') {
        const id = BigInt(this.statements.length);
        return { answer: Buffer.concat([transactionChange('begun', id), result]), next: id };
      }
      const change = transactionChange(
        verb === 'commit' ? 'committed' : 'rolled back',
        transaction,
      );
      return { answer: Buffer.concat([change, result]), next: 0n };
    } catch (error) {
      const number = error instanceof TdsRefusal ? error.number : 50_000;
      const message = error instanceof Error ? error.message : String(error);
      return { answer: refusal(number, message.slice(0, 500)), next: transaction };
    }
  }
}

interface Message {
  readonly kind: number;
  readonly data: Buffer;
}

/** Messages, of one packet or several. */
async function* messagesOf(socket: Socket): AsyncGenerator<Message, void> {
  let waiting = Buffer.alloc(0);
  let parts: Buffer[] = [];
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= 8 && waiting.length >= waiting.readUInt16BE(2)) {
      const length = waiting.readUInt16BE(2);
      const kind = waiting.readUInt8(0);
      const isLast = (waiting.readUInt8(1) & 1) === 1;
      parts.push(waiting.subarray(8, length));
      waiting = waiting.subarray(length);
      if (!isLast) continue;
      yield { kind, data: Buffer.concat(parts) };
      parts = [];
    }
  }
}

/** Sends a message in packets of 4 KiB. */
function send(socket: Socket, data: Buffer): void {
  const most = 4_096 - 8;
  for (let at = 0; at === 0 || at < data.length; at += most) {
    const part = data.subarray(at, at + most);
    const isLast = at + most >= data.length;
    const header = Buffer.from([PACKET.answer, isLast ? 1 : 0, 0, 0, 0, 0, 1, 0]);
    header.writeUInt16BE(part.length + 8, 2);
    if (!socket.destroyed) socket.write(Buffer.concat([header, part]));
  }
}
