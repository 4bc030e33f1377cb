import { MaestroError } from '@maestro/core';
import { Pool } from 'undici';

/** An answer of the sidecar. */
export interface SidecarAnswer {
  readonly status: number;
  readonly text: string;
}

/** The sidecar's HTTP API over one pool of kept-alive connections; every call has a timeout. */
export class SidecarHttp {
  readonly #pool: Pool;

  /** @param connections calls under way at a time; more wait here rather than in the sidecar. */
  constructor(port: number, connections = 128) {
    this.#pool = new Pool(`http://127.0.0.1:${port}`, {
      connections,
      pipelining: 1,
      keepAliveTimeout: 60_000,
      connectTimeout: 2_000,
    });
  }

  /**
   * One call. Any status is an answer. The signal ends the wait, not the request: a query that is cut off can leave a
   * connection of the sidecar's pool stuck.
   *
   * @throws MaestroError `sidecar.unavailable` when there is no answer in time, or the signal aborts.
   */
  async call(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    options: {
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly timeoutMs: number;
      /** How long the request itself may take, if that is longer than the caller waits. @default timeoutMs */
      readonly cutOffMs?: number;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<SidecarAnswer> {
    const { body, headers, timeoutMs, cutOffMs = timeoutMs, signal } = options;
    const request = async (): Promise<SidecarAnswer> => {
      const response = await this.#pool.request({
        method,
        path,
        headersTimeout: cutOffMs,
        bodyTimeout: cutOffMs,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
      });
      return { status: response.statusCode, text: await response.body.text() };
    };
    try {
      signal?.throwIfAborted();
      // The request has a limit of its own unless it may outlive the wait.
      const waitMs = cutOffMs > timeoutMs ? timeoutMs : undefined;
      return await (signal || waitMs ? waited(request(), waitMs, signal) : request());
    } catch (error) {
      throw new MaestroError(
        'sidecar.unavailable',
        `the sidecar did not answer ${method} ${path.split('?')[0]}`,
        {
          cause: error,
        },
      );
    }
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

/**
 * What a promise comes to, unless the wait is over or the signal aborts first. With a timer and a listener that are taken away
 * afterwards: `AbortSignal.timeout`, and `abort` on the way out, cost every call more than the call itself.
 */
function waited<T>(
  promise: Promise<T>,
  waitMs: number | undefined,
  signal: AbortSignal | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => end(() => reject(signal?.reason as Error));
    const timer =
      waitMs === undefined
        ? undefined
        : setTimeout(() => end(() => reject(new Error(`no answer in ${waitMs} ms`))), waitMs);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    promise.then(
      (value) => end(() => resolve(value)),
      (error: Error) => end(() => reject(error)),
    );
  });
}
