import {
  siblingTopicName,
  singleConditions,
  type ContinuationState,
  type SiblingScope,
  type JsonValue,
  type SingleWakeCondition,
  type TopicKind,
  type TopicRef,
  type WakeCondition,
} from '@maestro/core';
import type { TopicCommand } from '../topic/topic-command.ts';

/** A command to a topic that an event calls for. */
export interface TopicCall {
  readonly topic: TopicRef;
  readonly command: TopicCommand;
}

/** A condition that a topic meets. */
export interface TopicWait {
  readonly kind: TopicKind;
  readonly name: string;
  /** Of the condition among those of the sleep. */
  readonly index: number;
  readonly condition: Extract<SingleWakeCondition, { kind: TopicKind }>;
}

/** The shard of a topic that a continuation subscribes to. There is one until streams are given more. */
const SHARD = 0;

/** The topics that a sleep waits for. */
export function topicWaitsOf(
  { lineage }: Pick<ContinuationState, 'lineage'>,
  wake: WakeCondition,
): readonly TopicWait[] {
  return singleConditions(wake).flatMap((condition, index): TopicWait[] => {
    if (condition.kind === 'stream') {
      return [{ kind: 'stream', name: condition.stream, index, condition }];
    }
    if (condition.kind !== 'sibling') return [];
    const name = siblingTopicName(lineage.root, condition.tag, condition.within);
    return [{ kind: 'sibling', name, index, condition }];
  });
}

/** Subscribes the sleep to its topics: from behind the item that woke the continuation last, or from its birth. */
export function subscriptionsOf(state: ContinuationState): readonly TopicCall[] {
  const { tenant, id, cursors, wait, createdAt, itemsSince = createdAt } = state;
  if (!wait) return [];
  const { waitId, subscribed = waitId } = wait;
  return topicWaitsOf(state, wait.condition).map(({ kind, name, index, condition }) => ({
    topic: { tenant, kind, name, shard: SHARD },
    command: {
      kind: 'subscribe',
      subscription: {
        id: subscriptionId(id, subscribed, index),
        continuation: id,
        waitId,
        ...(condition.predicate === undefined ? {} : { predicate: condition.predicate }),
        after: cursors?.[`${kind}/${name}`] ?? 0,
        sinceMs: Date.parse(condition.since ?? itemsSince),
      },
    },
  }));
}

/** Names the subscription of one condition of a sleep, by the event that subscribed. */
export function subscriptionId(continuation: string, subscribed: number, index: number): string {
  return `${continuation}/${subscribed}/${index}`;
}

/** Ends a subscription that did not end its sleep. */
export function unsubscribeCall(
  { tenant, id }: Pick<ContinuationState, 'tenant' | 'id'>,
  subscribed: number,
  { kind, name, index }: Pick<TopicWait, 'kind' | 'name' | 'index'>,
): TopicCall {
  return {
    topic: { tenant, kind, name, shard: SHARD },
    command: { kind: 'unsubscribe', id: subscriptionId(id, subscribed, index) },
  };
}

/** Publishes an artifact to the siblings that wait for one of its tags: in the family and, if it says so, in the tenant. */
export function siblingPublishes(
  { tenant, id, lineage }: Pick<ContinuationState, 'tenant' | 'id' | 'lineage'>,
  sequence: number,
  at: string,
  artifact: {
    readonly kind: string;
    readonly value: JsonValue;
    readonly tags?: readonly string[] | undefined;
    readonly within?: SiblingScope | undefined;
  },
  traceparent: string,
): readonly TopicCall[] {
  const itemId = `${id}/${sequence}`;
  const scopes: readonly SiblingScope[] =
    artifact.within === 'tenant' ? ['root', 'tenant'] : ['root'];
  return (artifact.tags ?? []).flatMap((tag) =>
    scopes.map((within): TopicCall => {
      const { kind, value } = artifact;
      const name = siblingTopicName(lineage.root, tag, within);
      const item = { id: itemId, tag, at, publisher: id, kind, value };
      return {
        topic: { tenant, kind: 'sibling', name, shard: SHARD },
        command: { kind: 'publish', items: [{ id: itemId, item }], traceparent },
      };
    }),
  );
}
