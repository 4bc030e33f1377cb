import type { ContinuationState } from '../continuation/continuation-state.ts';
import { rootSpanIdOf, spanIdOf } from '../event/event-span.ts';
import type { ContinuationEvent } from '../event/stored-event.ts';
import { SPAN_ATTRIBUTES as A } from './span-attribute-names.ts';
import type { Span, SpanAttributes } from './span.ts';

/**
 * The span above everything of a continuation. It follows from the head alone and is without duration, so every host exports the
 * very same one: whichever of them lives long enough.
 */
export function rootSpan({
  tenant,
  id,
  trace: { traceId },
  goal,
  createdAt,
}: Pick<ContinuationState, 'tenant' | 'id' | 'trace' | 'goal' | 'createdAt'>): Span {
  const atMs = Date.parse(createdAt);
  return {
    traceId,
    spanId: rootSpanIdOf(traceId, tenant, id),
    name: 'continuation',
    kind: 'internal',
    startMs: atMs,
    endMs: atMs,
    attributes: { [A.tenant]: tenant, [A.continuation]: id, [A.recipe]: goal.recipe },
    links: [],
  };
}

/** When a turn's work began and when it was committed, as the host that did it knows; in ms since the epoch. */
export interface TurnTimes {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * The span of a turn and what went on within it: its inline steps, and calls of models and tools. The turn's is the first.
 *
 * @param events of one commit, all of them.
 * @param times left out: the turn is exported from the log, by another host than the one that did it.
 */
export function turnSpans(
  events: readonly [ContinuationEvent, ...ContinuationEvent[]],
  recipe: string,
  times?: TurnTimes,
): readonly [Span, ...Span[]] {
  const [first] = events;
  const last = events.at(-1) ?? first;
  const { tenant, continuation, generation, commit, trace } = first;
  const atMs = Date.parse(first.at);
  const { startMs, endMs } = times ?? { startMs: atMs, endMs: atMs };
  const wake = events.find((event) => event.type === 'wake');
  const turn: Span = {
    traceId: trace.traceId,
    spanId: spanIdOf(commit),
    parentSpanId: rootSpanIdOf(trace.traceId, tenant, continuation),
    name: `turn ${first.type}`,
    kind: 'internal',
    startMs,
    endMs,
    attributes: {
      [A.tenant]: tenant,
      [A.continuation]: continuation,
      [A.recipe]: recipe,
      [A.generation]: generation,
      [A.from]: first.sequence,
      [A.to]: last.sequence,
      [A.activation]: activationOf(commit),
      ...(wake
        ? {
            [A.tick]: wake.payload.tick,
            [A.wakeCause]: wake.payload.cause.kind,
            [A.wakeLateMs]: wake.payload.lateMs,
          }
        : {}),
      ...(times ? {} : { [A.recovered]: true }),
    },
    links: trace.cause === undefined ? [] : [trace.cause],
    ...errorOf(events),
  };
  return [turn, ...events.flatMap((event) => within(event, turn))];
}

/** The activation that made a commit. */
function activationOf(commitId: string): string {
  return commitId.slice(0, Math.max(commitId.lastIndexOf('.'), 0)) || commitId;
}

/** The error that a turn ended its continuation with. */
function errorOf(events: readonly ContinuationEvent[]): { readonly error?: string } {
  const [error] = events.flatMap((event) =>
    event.type === 'error' && event.payload.final ? [event.payload.code] : [],
  );
  return error === undefined ? {} : { error };
}

/** What an event says went on inside its turn. */
function within(event: ContinuationEvent, turn: Span): readonly Span[] {
  const below = (
    name: string,
    kind: Span['kind'],
    tookMs: number,
    attributes: SpanAttributes,
  ): Span => ({
    traceId: turn.traceId,
    spanId: spanIdOf(`${event.commit}/${event.sequence}`),
    parentSpanId: turn.spanId,
    name,
    kind,
    startMs: turn.endMs - tookMs,
    endMs: turn.endMs,
    attributes: {
      [A.tenant]: event.tenant,
      [A.continuation]: event.continuation,
      ...attributes,
    },
    links: [],
  });
  switch (event.type) {
    case 'step': {
      const { phase, step, stepId, attempt } = event.payload;
      if (phase !== 'finished') return [];
      return [
        below(`step ${step}`, 'internal', 0, {
          [A.step]: step,
          [A.stepId]: stepId,
          [A.attempt]: attempt,
          [A.outcome]: event.payload.outcome.kind,
        }),
      ];
    }
    case 'model_call':
      return [
        below(`chat ${event.payload.model}`, 'client', event.payload.latencyMs, {
          [A.modelOperation]: 'chat',
          [A.model]: event.payload.model,
          [A.inputTokens]: event.payload.inputTokens,
          [A.outputTokens]: event.payload.outputTokens,
        }),
      ];
    case 'tool_call':
      return [
        below(`execute_tool ${event.payload.tool}`, 'internal', event.payload.latencyMs, {
          [A.modelOperation]: 'execute_tool',
          [A.tool]: event.payload.tool,
        }),
      ];
    default:
      return [];
  }
}
