import {
  attemptSpan,
  attemptSpansOf,
  MaestroError,
  parseStoredEvent,
  rootSpan,
  SPAN_ATTRIBUTES as A,
  spanIdOf,
  turnSpans,
  type Clock,
  type ContinuationEvent,
  type ContinuationState,
  type EventLog,
  type Span,
  type TracedAttempt,
  type AttemptEnd,
  type Tracing,
  type TurnTimes,
} from '@maestro/core';
import { randomBytes } from 'node:crypto';
import { RecentIds } from '../topic/recent-ids.ts';
import type { Activation, Memory } from '../turn/activation.ts';
import { readLastTurns } from './last-turns.ts';

/** A root that may have been lost on the way is exported again with the first turn after so long, in ms. */
const ROOT_AGAIN_MS = 60_000;

/** Turns that this host remembers to have exported. */
const REMEMBERED_TURNS = 20_000;

/** What a turn has committed. */
export interface CommittedEvents extends TurnTimes {
  readonly events: readonly ContinuationEvent[];
  /** The state before the turn. */
  readonly before: ContinuationState | null;
  readonly state: ContinuationState;
  /** Whether somebody else wrote the events before. */
  readonly takenOver: boolean;
  /** How long the store took, in ms. */
  readonly commitMs: number;
}

/**
 * Makes the spans of continuations. The turn does not wait for any of it: whether a trace is kept and what a dead host did not export is
 * read from the log on the side.
 */
export class TurnTracer {
  readonly #tracing: Tracing;
  readonly #events: EventLog;
  readonly #clock: Clock;
  /** What each activation has to export, one after the other; tells whether its trace is kept. */
  readonly #queues = new WeakMap<Activation, Promise<boolean>>();
  /** Whether the trace of each activation is kept, once that is known. */
  readonly #kept = new WeakMap<Activation, boolean>();
  /** When each activation exported its root last, in ms since the epoch. */
  readonly #roots = new WeakMap<Activation, number>();
  readonly #lookedThrough = new WeakSet<Memory>();
  readonly #busy = new Set<Promise<unknown>>();
  readonly #exported = new RecentIds(REMEMBERED_TURNS);

  constructor(tracing: Tracing, events: EventLog, clock: Clock) {
    this.#tracing = tracing;
    this.#events = events;
    this.#clock = clock;
  }

  /** Exports a turn that is stored. */
  committed(activation: Activation, turn: CommittedEvents): void {
    const { before, state, takenOver, startMs, endMs, commitMs } = turn;
    const [first, ...rest] = turn.events;
    if (!first) return;
    if (!before) {
      const kept = this.#keeps(first);
      this.#kept.set(activation, kept);
      this.#queues.set(activation, Promise.resolve(kept));
    }
    this.#exportRoot(activation, state, takenOver);
    this.#export(activation, state, () => {
      this.#exported.add(spanIdOf(state.commit));
      const [span, ...within] = turnSpans([first, ...rest], state.goal.recipe, { startMs, endMs });
      return [
        { ...span, attributes: { ...span.attributes, [A.tick]: state.tick } },
        ...within,
        below(state, {
          name: 'commit',
          kind: 'client',
          startMs: endMs - commitMs,
          endMs,
          attributes: {
            [A.databaseSystem]: 'dapr.state',
            [A.databaseOperation]: 'transaction',
            [A.databaseBatch]: turn.events.length + 1,
          },
        }),
      ];
    });
  }

  /**
   * Exports again what the host before may have died with.
   *
   * @param memory of this host's, which the past is looked through for once.
   * @param last the last event that this activation did not commit itself.
   */
  tookOver(
    activation: Activation,
    memory: Memory,
    state: ContinuationState,
    last: ContinuationEvent,
  ): void {
    // It may have been this host: then nothing is lost.
    if (this.#lookedThrough.has(memory) || this.#exported.has(spanIdOf(last.commit))) return;
    this.#lookedThrough.add(memory);
    this.#exportRoot(activation, state, false);
    this.#queue(activation, state, async (kept) => {
      if (kept) await this.#recover(activation, state.goal.recipe, last);
    });
  }

  /** Exports an attempt of a detached step. */
  attempted(
    activation: Activation,
    state: ContinuationState,
    which: TracedAttempt,
    ended: Omit<AttemptEnd, 'endMs'>,
  ): void {
    const endMs = this.#clock.nowMs();
    this.#export(activation, state, () => [attemptSpan(state, which, { ...ended, endMs })]);
  }

  /**
   * Publishes, and exports that.
   *
   * @param publish is given the traceparent that the message is to carry.
   */
  async published(
    activation: Activation,
    state: ContinuationState,
    message: { readonly topic: string; readonly id: string; readonly count: number },
    publish: (traceparent: string) => Promise<void>,
  ): Promise<void> {
    const startMs = this.#clock.nowMs();
    const spanId = randomBytes(8).toString('hex');
    let error: string | undefined;
    try {
      const flags = (this.#kept.get(activation) ?? true) ? '01' : '00';
      await publish(`00-${state.trace.traceId}-${spanId}-${flags}`);
    } catch (thrown) {
      ({ code: error } = MaestroError.from(thrown));
      throw thrown;
    } finally {
      const endMs = this.#clock.nowMs();
      this.#export(activation, state, () => [
        below(state, {
          spanId,
          name: `send ${message.topic}`,
          kind: 'producer',
          startMs,
          endMs,
          attributes: {
            [A.messagingSystem]: 'dapr.pubsub',
            [A.messagingOperation]: 'publish',
            [A.messagingOperationType]: 'send',
            [A.messagingDestination]: message.topic,
            [A.messagingMessage]: message.id,
            [A.messagingCount]: message.count,
          },
          ...(error === undefined ? {} : { error }),
        }),
      ]);
    }
  }

  /** Resolves when everything that was told is with the exporter. */
  async idle(): Promise<void> {
    while (this.#busy.size > 0) await Promise.all(this.#busy);
  }

  #exportRoot(activation: Activation, state: ContinuationState, again: boolean): void {
    const nowMs = this.#clock.nowMs();
    if (!again && nowMs - (this.#roots.get(activation) ?? 0) < ROOT_AGAIN_MS) return;
    this.#roots.set(activation, nowMs);
    this.#export(activation, state, () => [rootSpan(state)]);
  }

  #export(activation: Activation, state: ContinuationState, spans: () => readonly Span[]): void {
    this.#queue(activation, state, (kept) => {
      if (kept) for (const span of spans()) this.#tracing.export(span);
    });
  }

  #queue(
    activation: Activation,
    state: ContinuationState,
    work: (kept: boolean) => void | Promise<void>,
  ): void {
    const before = this.#queues.get(activation) ?? this.#isKept(activation, state);
    const after = before.then(async (kept) => {
      this.#kept.set(activation, kept);
      try {
        await work(kept);
      } catch {
        // A span less; the turn is none the worse for it.
      }
      return kept;
    });
    this.#queues.set(activation, after);
    this.#busy.add(after);
    void after.finally(() => this.#busy.delete(after));
  }

  /** Whether the trace is kept, as its first event says. */
  async #isKept({ ref }: Activation, { trace }: ContinuationState): Promise<boolean> {
    try {
      const row = await this.#events.readEntry(ref, 1);
      return row === undefined
        ? this.#tracing.keeps(trace.traceId)
        : this.#keeps(parseStoredEvent(row));
    } catch {
      return this.#tracing.keeps(trace.traceId);
    }
  }

  #keeps({ trace: { traceId, cause } }: Pick<ContinuationEvent, 'trace'>): boolean {
    // The cause of a child belongs to another trace, and says nothing about this one.
    return this.#tracing.keeps(
      traceId,
      cause?.slice(3, 35) === traceId
        ? (Number.parseInt(cause.slice(-1), 16) & 1) === 1
        : undefined,
    );
  }

  /** Exports again the last turns of the host before, which it may not have exported. */
  async #recover({ ref }: Activation, recipe: string, last: ContinuationEvent): Promise<void> {
    const { turns, events } = await readLastTurns(this.#events, ref, last);
    for (const turn of turns) {
      const spans = turnSpans(turn, recipe);
      const [{ spanId }] = spans;
      if (this.#exported.has(spanId)) continue;
      this.#exported.add(spanId);
      for (const span of [...spans, ...attemptSpansOf(turn, events, recipe)]) {
        this.#tracing.export(span);
      }
    }
  }
}

/** A span below the turn that led to a state. */
function below(
  { tenant, id, trace, commit }: ContinuationState,
  span: Pick<Span, 'name' | 'kind' | 'startMs' | 'endMs' | 'attributes'> &
    Partial<Pick<Span, 'spanId' | 'error'>>,
): Span {
  return {
    spanId: spanIdOf(`${commit}/${span.name}`),
    ...span,
    traceId: trace.traceId,
    parentSpanId: spanIdOf(commit),
    attributes: { [A.tenant]: tenant, [A.continuation]: id, ...span.attributes },
    links: [],
  };
}
