import { MaestroError } from '@maestro/core';
import { connect, constants, type ClientHttp2Session } from 'node:http2';

/** The status of a call that went well. */
const STATUS_OK = '0';
/** How much later than the sidecar itself a call is given up, and how long a ping may take, in ms. */
const GRACE_MS = 500;

/**
 * Unary gRPC calls to the sidecar over one HTTP/2 session (protocol: github.com/grpc/grpc, doc/PROTOCOL-HTTP2.md).
 * Arming a reminder is a call of every turn that sleeps; a full gRPC client spends two and a half times the CPU on it.
 */
export class SidecarGrpc {
  readonly #origin: string;
  #session: ClientHttp2Session | undefined;

  constructor(port: number) {
    this.#origin = `http://127.0.0.1:${port}`;
  }

  /**
   * Calls a method whose answer is of no interest.
   *
   * @param path `/package.Service/Method`
   * @param message the request, serialized
   * @throws MaestroError `sidecar.unavailable` when there is no answer in time or it is an error.
   */
  call(path: string, message: Uint8Array, timeoutMs: number): Promise<void> {
    const frame = Buffer.allocUnsafe(5 + message.length);
    frame.writeUInt8(0, 0);
    frame.writeUInt32BE(message.length, 1);
    frame.set(message, 5);
    return new Promise((resolve, reject) => {
      const fail = (reason: string, cause?: unknown): void =>
        reject(new MaestroError('sidecar.unavailable', `${path}: ${reason}`, { cause }));
      let status: string | undefined;
      let detail = '';
      const note = (headers: Readonly<Record<string, unknown>>): void => {
        const { 'grpc-status': code, 'grpc-message': text } = headers;
        if (typeof code === 'string') status = code;
        if (typeof text === 'string') detail = text;
      };
      const session = this.#connected();
      const stream = session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
        'grpc-timeout': `${timeoutMs}m`,
      });
      // A little later than the sidecar's own deadline, which tells more.
      const timer = setTimeout(() => {
        fail(`no answer in ${timeoutMs} ms`);
        stream.close(constants.NGHTTP2_CANCEL);
        // A slow call leaves its neighbours alone; a session that does not even answer a ping is dead.
        const dead = setTimeout(() => session.destroy(), GRACE_MS);
        if (!session.destroyed) session.ping(() => clearTimeout(dead));
      }, timeoutMs + GRACE_MS);
      stream.on('response', note);
      stream.on('trailers', note);
      stream.on('error', (error) => fail('the connection failed', error));
      stream.on('close', () => {
        clearTimeout(timer);
        if (status === STATUS_OK) resolve();
        else fail(status === undefined ? 'no status' : `status ${status} ${detail}`);
      });
      stream.resume();
      stream.end(frame);
    });
  }

  close(): void {
    this.#session?.close();
  }

  #connected(): ClientHttp2Session {
    const { closed = true, destroyed = true } = this.#session ?? {};
    if (this.#session && !closed && !destroyed) return this.#session;
    const session = connect(this.#origin, {
      settings: { enablePush: false },
      peerMaxConcurrentStreams: 1000,
    });
    // Each stream hears of it as well; without a listener the process would end.
    session.on('error', () => undefined);
    session.on('goaway', (code) => {
      if (code !== constants.NGHTTP2_NO_ERROR) session.destroy();
    });
    session.unref();
    this.#session = session;
    return session;
  }
}
