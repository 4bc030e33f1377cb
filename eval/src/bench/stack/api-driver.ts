import type { ContinuationRef } from '@maestro/core';
import { Agent, request } from 'node:http';
import type { BenchStack } from './bench-stack.ts';
import { accessApi, type ApiAccess } from './connect-client.ts';
import { benchGoal, TENANT, type Driver } from './driver.ts';

const TIMEOUT_MS = 30_000;

/** Drives the public API of the standalone service, as clients outside do, over kept-alive connections. */
export class ApiDriver implements Driver {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 128 });
  readonly #url: string;
  readonly #token: string;

  private constructor({ url, token }: ApiAccess) {
    this.#url = url;
    this.#token = token;
  }

  /** Waits until the API says that it is ready. */
  static async connect(stack: BenchStack): Promise<ApiDriver> {
    return new ApiDriver(await accessApi(stack));
  }

  async start(
    key: string,
    recipe: string,
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<ContinuationRef> {
    const text = await this.#post('/continuations', key, { goal: benchGoal(recipe, parameters) });
    return { tenant: TENANT, id: (JSON.parse(text) as { id: string }).id };
  }

  async signal(ref: ContinuationRef, name: string): Promise<void> {
    await this.#post(`/continuations/${ref.id}/signals`, `signal-${ref.id}`, { signal: name });
  }

  async close(): Promise<void> {
    this.#agent.destroy();
  }

  #post(path: string, idempotencyKey: string, body: unknown): Promise<string> {
    const data = Buffer.from(JSON.stringify(body));
    return new Promise((resolve, reject) => {
      const call = request(
        `${this.#url}${path}`,
        {
          method: 'POST',
          agent: this.#agent,
          timeout: TIMEOUT_MS,
          headers: {
            authorization: `Bearer ${this.#token}`,
            'content-type': 'application/json',
            'content-length': data.length,
            'idempotency-key': idempotencyKey,
          },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(parts).toString('utf8');
            const { statusCode = 0 } = response;
            if (statusCode >= 200 && statusCode < 300) resolve(text);
            else reject(new Error(`POST ${path}: ${statusCode} ${text.slice(0, 300)}`));
          });
        },
      );
      call.on('timeout', () =>
        call.destroy(new Error(`POST ${path}: no answer in ${TIMEOUT_MS} ms`)),
      );
      call.on('error', reject);
      call.end(data);
    });
  }
}
