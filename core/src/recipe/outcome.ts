import type { SingleWakeCondition, WakeCondition } from '../wake/wake-condition.ts';
import type { Artifact } from './step-outcome.ts';

/** What a step returns: what is to happen next, and the recipe's state from here on (left out: as it was). */
export type Outcome<S = unknown, N extends string = string> = { readonly state?: S } & (
  | { readonly kind: 'next'; readonly step: N }
  | { readonly kind: 'sleep'; readonly wake: WakeCondition; readonly step: N }
  | { readonly kind: 'publish'; readonly artifact: Artifact; readonly step: N }
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

/** A signal from a person. */
export function humanSignal(
  signal: string,
  options: { readonly timeout?: string } = {},
): SingleWakeCondition {
  return {
    kind: 'human',
    signal,
    ...(options.timeout ? { timeout: new Date(options.timeout).toISOString() } : {}),
  };
}
