import type { Span, Tracing } from '@maestro/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import { PersistentExporter } from './persistent-exporter.ts';
import { readableSpan } from './readable-span.ts';
import { serviceResource } from './service-resource.ts';

/** How long the last export may take at a shutdown, in ms. */
const CLOSE_MS = 5_000;

/** Ids of lost spans that are remembered. */
const MAX_LOST = 100_000;

/** How an {@link OtlpTracing} samples and batches. */
export interface OtlpOptions {
  readonly keeps: Tracing['keeps'];
  readonly scheduledDelayMillis: number;
  readonly maxQueueSize: number;
  readonly maxExportBatchSize: number;
  /** @default OpenTelemetry's, over HTTP as JSON */
  readonly exporter?: SpanExporter;
  /** How soon a batch is tried again, in ms. */
  readonly retryMs?: number;
}

/**
 * Exports spans in batches over OTLP/HTTP as JSON. Where to, headers, timeout and the resource are those of the `OTEL_*` variables,
 * which the exporter reads itself.
 *
 * An endpoint that is away is waited for; of what comes when the queue is full, or is refused, the span is lost and what is below it
 * as well, so that nothing is left without its parent.
 */
export class OtlpTracing implements Tracing {
  readonly keeps: Tracing['keeps'];
  readonly #processor: BatchSpanProcessor;
  readonly #exporter: PersistentExporter;
  readonly #resource: Resource;
  readonly #most: number;
  #waiting = 0;
  readonly #lost = new Set<string>();

  constructor(service: string, options: OtlpOptions) {
    const { keeps, maxQueueSize, maxExportBatchSize, scheduledDelayMillis, retryMs } = options;
    this.keeps = keeps;
    this.#most = maxQueueSize;
    this.#resource = serviceResource(service);
    this.#exporter = new PersistentExporter(
      options.exporter ?? new OTLPTraceExporter(),
      (batch, taken) => this.#over(batch, taken),
      retryMs,
    );
    this.#processor = new BatchSpanProcessor({
      exporter: this.#exporter,
      scheduledDelayMillis,
      maxExportBatchSize: Math.min(maxExportBatchSize, maxQueueSize),
      // What gathers is bounded here, and the exporter has the exporter's own timeout for each try.
      maxQueueSize: maxQueueSize + 1,
      exportTimeoutMillis: 2 ** 31 - 1,
    });
  }

  export(span: Span): void {
    const { spanId, parentSpanId } = span;
    const bereft = parentSpanId !== undefined && this.#lost.has(parentSpanId);
    if (bereft || this.#waiting >= this.#most) {
      this.#lose(spanId);
      return;
    }
    // The same span may be exported again, and then it is there.
    this.#lost.delete(spanId);
    this.#waiting++;
    this.#processor.onEnd(readableSpan(span, this.#resource));
  }

  async close(): Promise<void> {
    this.#exporter.closing();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS);
    });
    await Promise.race([this.#processor.shutdown().catch(() => undefined), late]);
    clearTimeout(timer);
  }

  #over(batch: readonly ReadableSpan[], taken: boolean): void {
    this.#waiting -= batch.length;
    if (!taken) for (const span of batch) this.#lose(span.spanContext().spanId);
  }

  #lose(spanId: string): void {
    this.#lost.add(spanId);
    const [oldest] = this.#lost;
    if (this.#lost.size > MAX_LOST && oldest !== undefined) this.#lost.delete(oldest);
  }
}
