import type { Span } from '@maestro/core';
import { SPAN_ATTRIBUTES } from '@maestro/core';
import {
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type HrTime,
  type Link,
  type SpanContext,
} from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
} as const satisfies Record<Span['kind'], SpanKind>;

/** A span of ours as OpenTelemetry's exporters take it. */
export function readableSpan(span: Span, resource: Resource): ReadableSpan {
  const { traceId, spanId, parentSpanId, startMs, error } = span;
  const endMs = Math.max(span.endMs, startMs);
  const context: SpanContext = { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
  return {
    name: span.name,
    kind: KINDS[span.kind],
    spanContext: () => context,
    ...(parentSpanId === undefined
      ? {}
      : {
          parentSpanContext: { traceId, spanId: parentSpanId, traceFlags: TraceFlags.SAMPLED },
        }),
    startTime: hrTime(startMs),
    endTime: hrTime(endMs),
    duration: hrTime(endMs - startMs),
    status:
      error === undefined
        ? { code: SpanStatusCode.UNSET }
        : { code: SpanStatusCode.ERROR, message: error },
    attributes: {
      ...span.attributes,
      ...(error === undefined ? {} : { [SPAN_ATTRIBUTES.error]: error }),
    },
    links: span.links.flatMap(linkTo),
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: 'maestro' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function hrTime(ms: number): HrTime {
  const seconds = Math.trunc(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1_000_000)];
}

function linkTo(traceparent: string): Link[] {
  const [, traceId, spanId, flags] = traceparent.split('-');
  if (traceId?.length !== 32 || spanId?.length !== 16) return [];
  return [{ context: { traceId, spanId, traceFlags: Number.parseInt(flags ?? '0', 16) & 1 } }];
}
