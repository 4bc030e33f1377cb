import type { ContinuationRef } from '@maestro/core';
import type { BenchStack } from './bench-stack.ts';
import { accessApi } from './connect-client.ts';
import { benchGoal, TENANT, type Driver } from './driver.ts';
import { HttpCaller } from './http-caller.ts';

/** Drives the public API of the standalone service, as clients outside do, over kept-alive connections. */
export class ApiDriver implements Driver {
  readonly #caller: HttpCaller;

  private constructor(caller: HttpCaller) {
    this.#caller = caller;
  }

  /** Waits until the API says that it is ready. */
  static async connect(stack: BenchStack): Promise<ApiDriver> {
    return new ApiDriver(new HttpCaller(await accessApi(stack)));
  }

  async start(
    key: string,
    recipe: string,
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<ContinuationRef> {
    const text = await this.#caller.text({
      method: 'POST',
      path: '/continuations',
      idempotencyKey: key,
      body: { goal: benchGoal(recipe, parameters) },
    });
    return { tenant: TENANT, id: (JSON.parse(text) as { id: string }).id };
  }

  async signal(ref: ContinuationRef, name: string): Promise<void> {
    await this.#caller.text({
      method: 'POST',
      path: `/continuations/${ref.id}/signals`,
      idempotencyKey: `signal-${ref.id}`,
      body: { signal: name },
    });
  }

  async close(): Promise<void> {
    this.#caller.close();
  }
}
