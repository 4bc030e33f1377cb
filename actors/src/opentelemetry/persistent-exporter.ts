import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

type Done = Parameters<SpanExporter['export']>[1];
type Result = Parameters<Done>[0];

/** How soon a batch is tried again that could not be delivered, in ms. */
const RETRY_MS = 2_000;

/**
 * Tries a batch until it is taken, or refused for good: no later batch overtakes it, so nothing comes before its parent. Whoever
 * hands batches over waits meanwhile, and has to bound what gathers.
 */
export class PersistentExporter implements SpanExporter {
  readonly #inner: SpanExporter;
  readonly #retryMs: number;
  /** Told of every batch that is over. */
  readonly #over: (batch: readonly ReadableSpan[], taken: boolean) => void;
  #closing = false;

  constructor(
    inner: SpanExporter,
    over: (batch: readonly ReadableSpan[], taken: boolean) => void,
    retryMs = RETRY_MS,
  ) {
    this.#inner = inner;
    this.#over = over;
    this.#retryMs = retryMs;
  }

  export(batch: ReadableSpan[], done: Done): void {
    this.#inner.export(batch, (result) => {
      if (result.error !== undefined && !this.#closing && !refusedForGood(result)) {
        setTimeout(() => this.export(batch, done), this.#retryMs).unref();
        return;
      }
      this.#over(batch, result.error === undefined);
      done(result);
    });
  }

  /** What is tried for the last time from now on is not tried again. */
  closing(): void {
    this.#closing = true;
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown();
  }
}

/** Whether the endpoint has answered that it never takes this: the exporter tells the status then, and of nothing else. */
function refusedForGood({ error }: Result): boolean {
  return typeof (error as { readonly code?: unknown } | undefined)?.code === 'number';
}
