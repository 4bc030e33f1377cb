import type { Response } from 'express';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { sendStream } from './send-stream.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Messages that end with the stream. */
async function* until(signal: AbortSignal): AsyncGenerator<string, void> {
  yield 'data: 1\n\n';
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
}

it.each([
  ['the token that opened it', { expiresAtMs: 40_000, deletedAtMs: Infinity }],
  ['its tenant', { expiresAtMs: Infinity, deletedAtMs: 40_000 }],
])('sends a comment every 15 s, and ends with %s', async (_what, { expiresAtMs, deletedAtMs }) => {
  const written: string[] = [];
  const response = {
    writeHead: vi.fn(),
    write: (text: string) => written.push(text) > 0,
    end: vi.fn(),
  };
  const open = new AbortController();
  const sending = sendStream(until(open.signal), {
    response: response as unknown as Response,
    open,
    principal: { tenant: 'acme', subject: 'alice', roles: [], expiresAtMs },
    clock: { nowMs: () => vi.getMockedSystemTime()?.getTime() ?? 0 },
    tenants: {
      deletion: async () =>
        Date.now() >= deletedAtMs ? { by: 'ada', at: '2026-01-01T00:00:00.000Z' } : undefined,
    },
  });
  vi.setSystemTime(0);
  await vi.advanceTimersByTimeAsync(31_000);
  expect(written).toEqual(['retry: 1000\n\n', 'data: 1\n\n', ...Array(2).fill(': heartbeat\n\n')]);
  expect(response.end).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(15_000);
  await sending;
  expect(response.end).toHaveBeenCalledOnce();
});
