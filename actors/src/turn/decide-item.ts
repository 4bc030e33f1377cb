import type { ContinuationState, JsonValue, WakeCause } from '@maestro/core';
import type { CommandOf } from './command.ts';
import type { DecideContext, Decision } from './decision.ts';
import { beginTick, goOnWith, othersOf } from './tick.ts';
import { subscriptionId, topicWaitsOf, type TopicWait } from './topic-waits.ts';
import { TurnDraft } from './turn-draft.ts';
import { realMs } from './virtual-time.ts';

/**
 * Decides an item that a topic has found for a sleep. One for a sleep that is over, or while the continuation is paused, is
 * of no interest: the sleep subscribes anew when it goes on, and the topic still has the item.
 */
export function decideItem(
  state: ContinuationState,
  { subscription, position, item, atMs }: CommandOf<'item'>,
  context: DecideContext,
): Decision {
  const { wait, paused, sealed, id } = state;
  const awaited =
    wait && !paused && !sealed
      ? topicWaitsOf(state, wait.condition).find(
          ({ index }) => subscriptionId(id, wait.subscribed ?? wait.waitId, index) === subscription,
        )
      : undefined;
  if (!wait || !awaited) return { events: [], reply: { kind: 'item', woke: false } };
  const draft = new TurnDraft(state, context);
  beginTick(
    draft,
    causeOf(awaited, item),
    // The topic goes by everybody's clock.
    realMs(state, context.nowMs) - atMs,
    othersOf(wait.condition, awaited.condition),
    { item: draft.claimed(item), position, index: awaited.index },
  );
  goOnWith(draft, context);
  return { events: draft.events, blobs: draft.blobs, reply: { kind: 'item', woke: true } };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function causeOf({ condition }: TopicWait, item: CommandOf<'item'>['item']): WakeCause {
  const itemId = textOf(item['id']);
  return condition.kind === 'stream'
    ? {
        kind: 'stream',
        causeId: `stream:${condition.stream}:${itemId}`.slice(0, 300),
        stream: condition.stream,
        itemId,
      }
    : {
        kind: 'sibling',
        // The same artifact on another topic is another cause.
        causeId:
          `sibling:${condition.within === 'tenant' ? '*/' : ''}${condition.tag}:${itemId}`.slice(
            0,
            300,
          ),
        tag: condition.tag,
        publisher: textOf(item['publisher']),
        ...(condition.within === undefined ? {} : { within: condition.within }),
      };
}
