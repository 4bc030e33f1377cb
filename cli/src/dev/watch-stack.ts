import type { ManagedProcess, Stack } from '@maestro/infra-dapr';
import { setTimeout as delay } from 'node:timers/promises';
import type { Output } from '../output.ts';

const LOOK_EVERY_MS = 1000;

/** Says whenever the stack becomes ready or stops being so, until the signal aborts or a process ends by itself. */
export async function watchStack(
  stack: Stack,
  options: { readonly url: string; readonly output: Output; readonly signal: AbortSignal },
): Promise<ManagedProcess | undefined> {
  const { url, output, signal } = options;
  let shown: string | undefined;
  while (!signal.aborted) {
    const ended = stack.processes().find(({ running }) => !running);
    if (ended) return ended;
    const status = await readiness(url);
    if (status !== shown && !signal.aborted) {
      shown = status;
      output.result({ event: 'status', status }, () => [`${clockTime()}  ${status}`]);
    }
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

async function readiness(url: string): Promise<string> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3000) });
    if (response.ok) return 'ready';
    const { checks = [] } = (await response.json()) as {
      checks?: readonly { name: string; ok: boolean; message?: string }[];
    };
    const failing = checks
      .filter(({ ok }) => !ok)
      .map(({ name, message }) => `${name}: ${message}`);
    return `not ready (${failing.join('; ')})`;
  } catch {
    return 'not ready (the API does not answer)';
  }
}

function clockTime(): string {
  return new Date().toTimeString().slice(0, 8);
}
