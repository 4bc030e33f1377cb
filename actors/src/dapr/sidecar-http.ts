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
   * One call. Any status is an answer.
   *
   * @throws MaestroError `sidecar.unavailable` when there is no answer in time.
   */
  async call(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    options: {
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly timeoutMs: number;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<SidecarAnswer> {
    try {
      const response = await this.#pool.request({
        method,
        path,
        headersTimeout: options.timeoutMs,
        bodyTimeout: options.timeoutMs,
        signal: options.signal ?? null,
        headers: {
          ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...options.headers,
        },
        ...(options.body === undefined ? {} : { body: options.body }),
      });
      return { status: response.statusCode, text: await response.body.text() };
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
