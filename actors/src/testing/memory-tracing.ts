import type { Span, Tracing } from '@maestro/core';

/** Keeps spans in memory, in the order in which they were exported. */
export class MemoryTracing implements Tracing {
  readonly spans: Span[] = [];
  readonly keeps: Tracing['keeps'];

  constructor(keeps: Tracing['keeps'] = (_traceId, callerSampled) => callerSampled ?? true) {
    this.keeps = keeps;
  }

  export(span: Span): void {
    this.spans.push(span);
  }

  async close(): Promise<void> {}
}

/** Spans whose parent is none of them. */
export function orphansOf(spans: readonly Span[]): readonly Span[] {
  const ids = new Set(spans.map(({ traceId, spanId }) => `${traceId}/${spanId}`));
  return spans.filter(
    ({ traceId, parentSpanId }) =>
      parentSpanId !== undefined && !ids.has(`${traceId}/${parentSpanId}`),
  );
}
