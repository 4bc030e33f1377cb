import type { JsonValue } from '../canonical/json-value.ts';
import type { SingleWakeCondition, WakeCondition } from '../wake/wake-condition.ts';
import type { SiblingScope } from '../topic/topic-ref.ts';
import type { Artifact } from './step-outcome.ts';

/**
 * A child that a fork makes: it begins with a step of the same recipe, or where another recipe starts. What is left out is
 * as in the parent.
 */
export interface ChildOutcome<S = unknown, N extends string = string> {
  /** The step that it begins with. */
  readonly step?: N;
  /** The recipe's state that it begins with. @default the parent's */
  readonly state?: S;
  /** Another recipe, by `name@version`: the child begins where that one starts. */
  readonly recipe?: string;
  readonly parameters?: Readonly<Record<string, JsonValue>>;
  readonly objective?: string;
  readonly tags?: readonly string[];
  /** Carved out of the parent's remainder, in millionths of a US dollar. @default an equal share of it, the parent keeping one */
  readonly budgetMicroUsd?: number;
}

/** What a step returns: what is to happen next, and the recipe's state from here on (left out: as it was). */
export type Outcome<S = unknown, N extends string = string> = { readonly state?: S } & (
  | { readonly kind: 'next'; readonly step: N }
  | { readonly kind: 'sleep'; readonly wake: WakeCondition; readonly step: N }
  | { readonly kind: 'publish'; readonly artifact: Artifact; readonly step: N }
  | {
      readonly kind: 'fork';
      readonly children: readonly ChildOutcome<S, N>[];
      readonly step: N;
    }
  | { readonly kind: 'complete'; readonly result: Artifact['value'] }
  | { readonly kind: 'fail'; readonly message: string }
);

function withState<T extends object, S>(
  outcome: T,
  state: S | undefined,
): T & { readonly state?: S } {
  return state === undefined ? outcome : { ...outcome, state };
}

/** Goes on with another step of the same tick. */
export function next<const N extends string, S = never>(step: N, state?: S) {
  return withState({ kind: 'next', step } as const, state);
}

/** Ends the tick; when the condition is met a new tick begins with `step`. */
export function sleep<const N extends string, S = never>(wake: WakeCondition, step: N, state?: S) {
  return withState({ kind: 'sleep', wake, step } as const, state);
}

/** Hands an artifact out and goes on with `step`. */
export function publish<const N extends string, S = never>(artifact: Artifact, step: N, state?: S) {
  return withState({ kind: 'publish', artifact, step } as const, state);
}

/** Makes children (1-100) and goes on with `step`; the fork's event names them in the order given. */
export function fork<const N extends string, S = never>(
  children: readonly ChildOutcome<S, N>[],
  step: N,
  state?: S,
) {
  return withState({ kind: 'fork', children, step } as const, state);
}

/** Completes the continuation with a result. */
export function complete<S = never>(result: Artifact['value'], state?: S) {
  return withState({ kind: 'complete', result } as const, state);
}

/** Fails the continuation: no retry. Throw instead where another attempt may help. */
export function fail(message: string) {
  return { kind: 'fail', message } as const;
}

/** A timer `ms` from an instant (both in ms); 0 or less wakes at once. */
export function timerAfter(nowMs: number, ms: number): SingleWakeCondition {
  return { kind: 'timer', at: new Date(nowMs + ms).toISOString() };
}

/** A timer at an instant, given as ISO text with offset; in the past it wakes at once. */
export function timerAt(at: string): SingleWakeCondition {
  return { kind: 'timer', at: new Date(at).toISOString() };
}

/** The next item of a stream; of those that satisfy a predicate (CEL, docs/reference/predicates.md), if one is given. */
export function streamItem(
  stream: string,
  options: { readonly predicate?: string; readonly since?: string } = {},
): SingleWakeCondition {
  return { kind: 'stream', stream, ...sinceOf(options) };
}

/** What another continuation of the family, or of the tenant, publishes under a tag next. */
export function siblingPublish(
  tag: string,
  options: {
    readonly predicate?: string;
    readonly since?: string;
    readonly within?: SiblingScope;
  } = {},
): SingleWakeCondition {
  const { within } = options;
  return {
    kind: 'sibling',
    tag,
    ...(within === undefined ? {} : { within }),
    ...sinceOf(options),
  };
}

function sinceOf({ predicate, since }: { readonly predicate?: string; readonly since?: string }) {
  return {
    ...(predicate === undefined ? {} : { predicate }),
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
  };
}

/**
 * A signal from a person.
 *
 * @param options.roles who may give it; anybody of the tenant unless given.
 * @param options.reminders when it is asked for again, and which roles may give it, too, from then on.
 * @param options.schema JSON Schema that its payload has to fit.
 */
export function humanSignal(
  signal: string,
  options: {
    readonly timeout?: string;
    readonly roles?: readonly string[];
    readonly reminders?: readonly { readonly at: string; readonly roles?: readonly string[] }[];
    readonly schema?: Readonly<Record<string, JsonValue>>;
  } = {},
): SingleWakeCondition {
  return {
    kind: 'human',
    signal,
    ...(options.roles ? { roles: [...options.roles] } : {}),
    ...(options.timeout ? { timeout: new Date(options.timeout).toISOString() } : {}),
    ...(options.reminders
      ? {
          reminders: options.reminders.map(({ at, roles }) => ({
            at: new Date(at).toISOString(),
            ...(roles ? { roles: [...roles] } : {}),
          })),
        }
      : {}),
    ...(options.schema ? { schema: options.schema } : {}),
  };
}
