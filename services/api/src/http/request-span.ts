import {
  rootSpanIdOf,
  SPAN_ATTRIBUTES as A,
  type ContinuationRef,
  type Tracing,
} from '@maestro/core';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

const VALID = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** What is known of a request by the time it ends. */
export interface RequestFacts {
  readonly method: string;
  /** The path as the table of routes has it. */
  readonly route: string;
  /** Empty for a caller without a token. */
  tenant: string;
  /** The continuation that was started, and whose trace this is. */
  began?: ContinuationRef | undefined;
}

/**
 * Begins the span of a request; it is exported once the answer is out.
 *
 * Without a caller's trace it is below the span of the continuation that it starts, not above: a process that dies before it has exported
 * then leaves nothing without a parent.
 *
 * @returns W3C traceparent that commands carry: in the caller's trace if it has a valid one, otherwise in a new one.
 */
export function beginRequestSpan(
  { headers }: IncomingMessage,
  response: ServerResponse,
  facts: RequestFacts,
  tracing: Tracing | undefined,
): string {
  const header = headers['traceparent'];
  const caller = typeof header === 'string' ? VALID.exec(header) : null;
  if (caller && !tracing) return caller[0];
  // Random UUIDs come out of a pool; fresh bytes would cost a system call each time.
  const traceId = caller?.[1] ?? randomUUID().replaceAll('-', '');
  const spanId = randomUUID().replaceAll('-', '').slice(16);
  const sampled = caller ? (Number.parseInt(caller[3] ?? '', 16) & 1) === 1 : undefined;
  const kept = tracing ? tracing.keeps(traceId, sampled) : true;
  if (tracing && kept) {
    const startMs = Date.now();
    response.once('close', () => {
      const { method, route, tenant, began } = facts;
      const status = response.statusCode;
      const parentSpanId =
        caller?.[2] ?? (began ? rootSpanIdOf(traceId, began.tenant, began.id) : undefined);
      tracing.export({
        traceId,
        spanId,
        ...(parentSpanId === undefined ? {} : { parentSpanId }),
        name: `${method} ${route}`,
        kind: 'server',
        startMs,
        endMs: Date.now(),
        attributes: {
          [A.httpMethod]: method,
          [A.httpRoute]: route,
          [A.httpStatus]: status,
          ...(tenant === '' ? {} : { [A.tenant]: tenant }),
          ...(began ? { [A.continuation]: began.id } : {}),
        },
        links: [],
        ...(status >= 500 ? { error: String(status) } : {}),
      });
    });
  }
  return `00-${traceId}-${spanId}-${kept ? '01' : '00'}`;
}
