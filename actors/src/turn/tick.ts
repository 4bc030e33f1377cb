import {
  singleConditions,
  type ContinuationState,
  type JsonValue,
  type SingleWakeCondition,
  type TopicKind,
  type WakeCause,
} from '@maestro/core';
import { advance } from './advance.ts';
import type { DecideContext } from './decision.ts';
import { topicWaitsOf } from './topic-waits.ts';
import type { TurnDraft } from './turn-draft.ts';

/** Goes on with the steps of the tick, if one is pending. */
export function goOnWith(draft: TurnDraft, context: DecideContext): void {
  // A recipe that this host does not know makes the turn fail: the wake is delivered again, to a host that may.
  if (draft.state.activity) {
    advance(draft, context.recipes.get(draft.state.goal.recipe), context);
  }
}

/** What a sleep waited for besides the condition that ended it. */
export function othersOf(
  condition: Parameters<typeof singleConditions>[0],
  fired: SingleWakeCondition,
): string[] {
  return singleConditions(condition)
    .filter((single) => single !== fired)
    .map((single) => (single.kind === 'human' ? `human:${single.signal}` : single.kind));
}

/** Begins a tick; a sleep that is under way ends with it, and with it what it had subscribed to. */
export function beginTick(
  draft: TurnDraft,
  cause: WakeCause,
  lateMs: number,
  pending: readonly string[],
  found?: {
    readonly item: JsonValue;
    readonly position: number;
    /** Index of the condition: its topic ends the subscription itself. */
    readonly index: number;
  },
): void {
  const { wait, tick } = draft.state;
  draft.add({
    type: 'wake',
    payload: {
      cause,
      tick: tick + 1,
      lateMs: Math.max(0, Math.round(lateMs)),
      pending: [...pending],
      ...(found ? { item: found.item, position: found.position } : {}),
      ...unsubscribed(draft.state, found?.index),
      waitId: wait?.waitId ?? null,
    },
  });
}

/** What a sleep that ends had subscribed to, but for the condition that ended it. */
export function unsubscribed(
  state: ContinuationState,
  ended?: number,
): { subscribed?: number; unsubscribe?: { kind: TopicKind; name: string; index: number }[] } {
  const { wait } = state;
  if (!wait) return {};
  const topics = topicWaitsOf(state, wait.condition).filter(({ index }) => index !== ended);
  if (topics.length === 0) return {};
  return {
    subscribed: wait.subscribed ?? wait.waitId,
    unsubscribe: topics.map(({ kind, name, index }) => ({ kind, name, index })),
  };
}
