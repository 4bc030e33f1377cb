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
    const { body, headers, timeoutMs, cutOffMs = timeoutMs } = options;
    const signal =
      cutOffMs > timeoutMs ? anyOf(AbortSignal.timeout(timeoutMs), options.signal) : options.signal;
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
      return await (signal ? orAborted(request(), signal) : request());
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

/** What a promise comes to, or the reason of the signal if that is first. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const listening = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), {
      once: true,
      signal: listening.signal,
    });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    listening.abort();
  }
}

function anyOf(timeout: AbortSignal, signal: AbortSignal | undefined): AbortSignal {
  return signal ? AbortSignal.any([timeout, signal]) : timeout;
}
