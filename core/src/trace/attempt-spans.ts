import type { ContinuationState } from '../continuation/continuation-state.ts';
import { spanIdOf } from '../event/event-span.ts';
import type { ContinuationEvent } from '../event/stored-event.ts';
import type { TurnTimes } from './continuation-spans.ts';
import { SPAN_ATTRIBUTES as A } from './span-attribute-names.ts';
import type { Span } from './span.ts';

/** Which attempt of which detached step. */
export interface TracedAttempt {
  readonly step: string;
  readonly stepId: string;
  readonly attempt: number;
}

/** How an attempt ended. */
export interface AttemptEnd extends TurnTimes {
  readonly outcome: 'returned' | 'threw' | 'interrupted' | 'aborted';
  /** Code of the error that it threw. */
  readonly error?: string;
}

/** The id of an attempt's span: it follows from the commit that intended it. */
export function attemptSpanIdOf(
  commitId: string,
  { stepId, attempt }: Omit<TracedAttempt, 'step'>,
): string {
  return spanIdOf(`${commitId}/${stepId}/${attempt}`);
}

/** The span of one attempt of a detached step; it is below the turn that intended the attempt. */
export function attemptSpan(
  {
    tenant,
    id,
    trace: { traceId },
    goal,
    commit,
  }: Pick<ContinuationState, 'tenant' | 'id' | 'trace' | 'commit'> & {
    readonly goal: { readonly recipe: string };
  },
  which: TracedAttempt,
  { startMs, endMs, outcome, error }: AttemptEnd,
): Span {
  return {
    traceId,
    spanId: attemptSpanIdOf(commit, which),
    parentSpanId: spanIdOf(commit),
    name: `attempt ${which.step}`,
    kind: 'internal',
    startMs,
    endMs,
    attributes: {
      [A.tenant]: tenant,
      [A.continuation]: id,
      [A.recipe]: goal.recipe,
      [A.step]: which.step,
      [A.stepId]: which.stepId,
      [A.attempt]: which.attempt,
      [A.outcome]: outcome,
    },
    links: [],
    ...(error === undefined ? {} : { error }),
  };
}

/**
 * The attempts whose end a turn took, as the log has them.
 *
 * @param events of the log, in which their beginnings are looked for.
 */
export function attemptSpansOf(
  turn: readonly ContinuationEvent[],
  events: readonly ContinuationEvent[],
  recipe: string,
): readonly Span[] {
  return turn.flatMap((event) => {
    const end = endIn(event);
    const intent = events.find(
      (one) =>
        one.type === 'step' &&
        one.payload.phase === 'intended' &&
        one.payload.stepId === end?.stepId &&
        one.payload.attempt === end.attempt,
    );
    if (!end || intent?.type !== 'step') return [];
    const { tenant, continuation: id, trace, commit, at, payload } = intent;
    const span = attemptSpan({ tenant, id, trace, goal: { recipe }, commit }, payload, {
      startMs: Date.parse(at),
      endMs: Date.parse(event.at),
      ...end.how,
    });
    return [{ ...span, attributes: { ...span.attributes, [A.recovered]: true } }];
  });
}

/** The end of an attempt that an event tells of: a result, an interruption, or an error. */
function endIn(event: ContinuationEvent):
  | (Partial<Pick<TracedAttempt, 'stepId' | 'attempt'>> & {
      readonly how: Pick<AttemptEnd, 'outcome' | 'error'>;
    })
  | undefined {
  if (event.type === 'error') {
    const { stepId, attempt, code } = event.payload;
    return stepId === undefined || attempt === undefined
      ? undefined
      : { stepId, attempt, how: { outcome: 'threw', error: code } };
  }
  if (event.type !== 'step' || event.payload.phase !== 'finished') return undefined;
  const { stepId, attempt, outcome } = event.payload;
  return {
    stepId,
    attempt,
    how: { outcome: outcome.kind === 'interrupted' ? 'interrupted' : 'returned' },
  };
}
