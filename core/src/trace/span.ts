/** Values that describe a span: ids, counts and names, never goal texts, payloads or personal data. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** One piece of work in a trace, over and ready to be exported. */
export interface Span {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Left out: nothing is above it. */
  readonly parentSpanId?: string;
  /** One of few: what differs from case to case is in the attributes. */
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer';
  /** In ms since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: SpanAttributes;
  /** W3C traceparents of what caused it. */
  readonly links: readonly string[];
  /** Code of the error that it ended with. */
  readonly error?: string;
}
