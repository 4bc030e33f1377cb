import { Agent, request } from 'node:http';
import type { ApiAccess } from './connect-client.ts';

const TIMEOUT_MS = 30_000;

/** One request to the API. */
export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** With its query. */
  readonly path: string;
  readonly idempotencyKey?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Calls the API over kept-alive connections with as little work on this side as can be: what calls under measurement share the
 * machine with is the stack.
 */
export class HttpCaller {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 128 });
  readonly #url: string;
  readonly #token: string;

  constructor({ url, token }: ApiAccess) {
    this.#url = url;
    this.#token = token;
  }

  /** Tries once. @throws Error when no answer comes, or none within half a minute. */
  call({ method, path, idempotencyKey, body }: HttpCall): Promise<HttpAnswer> {
    const data = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    return new Promise((resolve, reject) => {
      const call = request(
        `${this.#url}${path}`,
        {
          method,
          agent: this.#agent,
          timeout: TIMEOUT_MS,
          headers: {
            authorization: `Bearer ${this.#token}`,
            ...(data && { 'content-type': 'application/json', 'content-length': data.length }),
            ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
          },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              text: Buffer.concat(parts).toString('utf8'),
            }),
          );
        },
      );
      call.on('timeout', () =>
        call.destroy(new Error(`${method} ${path}: no answer in ${TIMEOUT_MS} ms`)),
      );
      call.on('error', reject);
      call.end(data);
    });
  }

  /** The text of an answer. @throws Error when the call is refused, too. */
  async text(call: HttpCall): Promise<string> {
    const { status, text } = await this.call(call);
    if (status >= 200 && status < 300) return text;
    throw new Error(`${call.method} ${call.path}: ${status} ${text.slice(0, 300)}`);
  }

  close(): void {
    this.#agent.destroy();
  }
}
