import { MaestroClient } from '@maestro/client';
import { mintDevToken } from '@maestro/client/dev-token';
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchStack } from './bench-stack.ts';
import { TENANT } from './driver.ts';

const READY_IN_MS = 30_000;

/** Where the public API of a stack is, and what lets a client in. */
export interface ApiAccess {
  readonly url: string;
  readonly token: string;
}

/**
 * Waits until the API says that it is ready.
 *
 * @param roles of the client's token. @default those of a researcher
 * @throws Error when it does not in half a minute.
 */
export async function accessApi(
  stack: BenchStack,
  roles: readonly string[] = [],
): Promise<ApiAccess> {
  const token = await mintDevToken({
    keyFile: stack.devKeyFile,
    tenant: TENANT,
    subject: 'bench',
    roles,
  });
  const url = `http://127.0.0.1:${stack.app.publicPort}`;
  const giveUpAt = performance.now() + READY_IN_MS;
  for (;;) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    if (response?.ok === true) return { url, token };
    if (performance.now() > giveUpAt) {
      throw new Error(`the API is not ready: ${await response?.text()}`);
    }
    await delay(100);
  }
}

/** The client that users have. It tries once: a call that had to be repeated counts as failed. */
export async function connectClient(
  stack: BenchStack,
  roles?: readonly string[],
): Promise<MaestroClient> {
  const { url, token } = await accessApi(stack, roles);
  return new MaestroClient({ baseUrl: url, token, retry: { attempts: 1 } });
}
