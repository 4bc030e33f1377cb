import {
  attemptSpanIdOf,
  rootSpanIdOf,
  spanIdOf,
  upcast,
  type ContinuationEvent,
  type StoredEvent,
} from '@maestro/core';
import { causeWords, describeEvent, waitWords } from '../print/describe-event.ts';
import type { TraceNode } from './trace-node.ts';

/** A trace as its log tells it. */
export interface LogTrace {
  readonly traceId: string;
  readonly root: TraceNode;
  readonly ticks: number;
  readonly generations: number;
}

/** How a continuation has ended, by its last event. */
const ENDS = { publish: 'completed', kill: 'killed', error: 'failed' } as const;

/** Builds the trace of a continuation out of its log, event by event: ticks and sleeps, with turns and steps in the ticks. */
export class TraceOfLog {
  #traceId = '';
  #root: TraceNode | undefined;
  #tick: TraceNode | undefined;
  #sleep: TraceNode | undefined;
  #turn: { readonly commit: string; readonly node: TraceNode } | undefined;
  readonly #steps = new Map<string, TraceNode>();
  #ticks = 0;
  #generation = 0;

  /** Takes the next event of the log. */
  add(stored: StoredEvent): void {
    const { generation, continuation, tenant, trace } = stored;
    const atMs = Date.parse(stored.at);
    this.#traceId = trace.traceId;
    this.#root ??= nodeOf('continuation', continuation, atMs, stored, {
      endMs: null,
      spanId: rootSpanIdOf(trace.traceId, tenant, continuation),
    });
    const event = readable(stored);
    if (event?.type === 'wake') this.#beginTick(event, atMs);
    const turn = this.#turnOf(stored, atMs);
    if (generation !== this.#generation) {
      if (this.#generation > 0) turn.remarks.push(`taken over: generation ${generation}`);
      this.#generation = generation;
    }
    if (event) this.#within(event, turn, atMs);
    else
      turn.children.push(nodeOf('event', `${stored.type} ${describeEvent(stored)}`, atMs, stored));
  }

  /**
   * The trace so far.
   *
   * @returns undefined when there was no event.
   */
  result(): LogTrace | undefined {
    const root = this.#root;
    if (!root) return undefined;
    return {
      traceId: this.#traceId,
      root,
      ticks: this.#ticks,
      generations: this.#generation,
    };
  }

  #beginTick(event: ContinuationEvent & { readonly type: 'wake' }, atMs: number): void {
    const { tick, cause, lateMs } = event.payload;
    if (this.#sleep) this.#sleep.endMs = atMs;
    this.#sleep = undefined;
    this.#ticks++;
    const late = cause.kind === 'timer' || cause.kind === 'timeout';
    // The spawn and the first wake are one turn, which then belongs to the tick.
    const turn = this.#turn?.commit === event.commit ? this.#turn.node : undefined;
    const node = nodeOf('tick', `tick ${tick} by ${causeWords(cause)}`, atMs, event, {
      endMs: null,
      remarks: late ? [`${lateMs} ms late`] : [],
    });
    if (turn && this.#root?.children.at(-1) === turn) {
      this.#root.children.pop();
      node.children.push(turn);
    }
    this.#root?.children.push(node);
    this.#tick = node;
  }

  #turnOf(stored: StoredEvent, atMs: number): TraceNode {
    if (this.#turn?.commit === stored.commit) return this.#turn.node;
    const { traceId, cause } = stored.trace;
    const other = cause === undefined || cause.slice(3, 35) === traceId ? [] : [cause.slice(3, 35)];
    const node = nodeOf('turn', `turn ${stored.type}`, atMs, stored, {
      spanId: spanIdOf(stored.commit),
      links: cause === undefined ? [] : [cause],
      remarks: other.map((id) => `caused by trace ${id}`),
    });
    (this.#tick ?? this.#root)?.children.push(node);
    this.#turn = { commit: stored.commit, node };
    return node;
  }

  #within(event: ContinuationEvent, turn: TraceNode, atMs: number): void {
    switch (event.type) {
      case 'spawn':
        this.#root?.remarks.push(event.payload.goal.recipe);
        return;
      case 'wake':
        return;
      case 'step':
        this.#step(event, turn, atMs);
        return;
      case 'sleep': {
        const label = `asleep until ${waitWords(event.payload.wake)}`;
        this.#endTick(atMs);
        this.#sleep = nodeOf('sleep', label, atMs, event, { endMs: null });
        this.#root?.children.push(this.#sleep);
        return;
      }
      case 'model_call':
      case 'tool_call': {
        const startMs = atMs - event.payload.latencyMs;
        turn.children.push(nodeOf('call', describeEvent(event), startMs, event, { endMs: atMs }));
        return;
      }
      case 'publish':
      case 'kill':
      case 'error':
        turn.children.push(eventNode(event, atMs));
        if (event.type === 'error') this.#loseSteps(atMs, event.payload.code);
        if (event.type === 'kill' || event.payload.final) {
          this.#end(ENDS[event.type], atMs);
        }
        return;
      case 'human_signal':
      case 'budget_charge':
      case 'fork':
      case 'merge':
        turn.children.push(eventNode(event, atMs));
    }
  }

  #step(event: ContinuationEvent & { readonly type: 'step' }, turn: TraceNode, atMs: number): void {
    const { payload } = event;
    const { stepId, attempt } = payload;
    const label = attempt === 1 ? stepId : `${stepId} attempt ${attempt}`;
    if (payload.phase === 'intended') {
      this.#loseSteps(atMs);
      const node = nodeOf('step', label, atMs, event, {
        endMs: null,
        spanId: attemptSpanIdOf(event.commit, { stepId, attempt }),
      });
      this.#steps.set(label, node);
      (this.#tick ?? this.#root)?.children.push(node);
      return;
    }
    const running = this.#steps.get(label);
    const { kind } = payload.outcome;
    if (running) {
      running.endMs = atMs;
      running.remarks.push(kind);
      this.#steps.delete(label);
      return;
    }
    const spanId = spanIdOf(`${event.commit}/${event.sequence}`);
    turn.children.push(nodeOf('step', label, atMs, event, { spanId, remarks: [kind] }));
  }

  /** What still runs when it throws, or when the next attempt or the end comes: then it never reported. */
  #loseSteps(atMs: number, how = 'no result'): void {
    for (const node of this.#steps.values()) {
      node.endMs = atMs;
      node.remarks.push(how);
    }
    this.#steps.clear();
  }

  #endTick(atMs: number): void {
    if (this.#tick) this.#tick.endMs = atMs;
    this.#tick = undefined;
  }

  #end(how: string, atMs: number): void {
    this.#loseSteps(atMs);
    this.#endTick(atMs);
    if (this.#sleep) this.#sleep.endMs = atMs;
    this.#sleep = undefined;
    if (!this.#root) return;
    this.#root.endMs = atMs;
    this.#root.remarks.push(how);
  }
}

function eventNode(event: ContinuationEvent, atMs: number): TraceNode {
  return nodeOf('event', `${event.type} ${describeEvent(event)}`, atMs, event);
}

function nodeOf(
  kind: TraceNode['kind'],
  label: string,
  startMs: number,
  { generation }: Pick<StoredEvent, 'generation'>,
  more: Partial<Pick<TraceNode, 'endMs' | 'spanId' | 'links' | 'remarks'>> = {},
): TraceNode {
  return {
    kind,
    label,
    startMs,
    endMs: startMs,
    remarks: [],
    links: [],
    generation,
    children: [],
    ...more,
  };
}

/** The event, unless its payload was erased or is of a version that this release does not know. */
function readable(stored: StoredEvent): ContinuationEvent | undefined {
  if (stored.salt === null) return undefined;
  try {
    return upcast(stored);
  } catch {
    return undefined;
  }
}
