import type { MaestroError } from '@maestro/core';

/** How a failed call is tried again. */
export interface RetryOptions {
  /** Tries in all. @default 5 */
  readonly attempts?: number;
  /** Pause before the second try, in ms; doubles with each further one, with jitter. @default 200 */
  readonly firstDelayMs?: number;
  /** The longest pause, in ms. @default 5000 */
  readonly maxDelayMs?: number;
}

/** Pause before try number `attempt + 1`, in ms, between half and all of what doubling gives. */
export function backoffMs(attempt: number, options: RetryOptions = {}): number {
  const { firstDelayMs = 200, maxDelayMs = 5000 } = options;
  const full = Math.min(firstDelayMs * 2 ** (attempt - 1), maxDelayMs);
  return full * (0.5 + Math.random() / 2);
}

/** Waits. @throws the signal's reason when it aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(reasonOf(signal));
      return;
    }
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(reasonOf(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** An error that says how soon the server would like to be asked again. */
export class RetryLater extends Error {
  readonly afterMs: number;

  constructor(cause: MaestroError, afterMs: number) {
    super(cause.message, { cause });
    this.name = 'RetryLater';
    this.afterMs = afterMs;
  }
}

/** Calls until it succeeds, fails for good, or the tries are used up. */
export async function withRetries<T>(
  call: () => Promise<T>,
  options: RetryOptions & { readonly signal?: AbortSignal | undefined },
): Promise<T> {
  const { attempts = 5, signal } = options;
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof RetryLater)) throw error;
      if (attempt >= attempts) throw error.cause;
      await pause(Math.max(backoffMs(attempt, options), error.afterMs), signal);
    }
  }
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
