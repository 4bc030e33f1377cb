import type { Span } from '../trace/span.ts';

/** Takes spans to wherever traces are kept. */
export interface Tracing {
  /**
   * Whether a trace is kept. Decided by its id and by what its root's caller had decided, so every host comes to the same.
   *
   * @param callerSampled the flag of the caller's traceparent; left out: nobody called with one.
   */
  keeps(traceId: string, callerSampled?: boolean): boolean;

  /** Exports a span some time soon, after those that were given before. Never throws, never waits. */
  export(span: Span): void;

  /** Exports what is left; resolves when it is out, or could not be got out. */
  close(): Promise<void>;
}
