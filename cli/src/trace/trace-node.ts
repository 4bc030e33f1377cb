/** What is drawn as one line of a trace. */
export interface TraceNode {
  readonly kind: 'continuation' | 'tick' | 'turn' | 'step' | 'call' | 'event' | 'sleep';
  readonly label: string;
  /** In ms since the epoch. */
  readonly startMs: number;
  /** Null while it is still going on; that of `startMs` where the log has one instant only. */
  endMs: number | null;
  /** What came of it, or what is special about it. */
  readonly remarks: string[];
  /** Of the span that is exported for it, if one is. */
  readonly spanId?: string;
  /** Goes up whenever another activation takes the continuation over. */
  readonly generation: number;
  /** W3C traceparents of what caused it. */
  readonly links: readonly string[];
  readonly children: TraceNode[];
}
