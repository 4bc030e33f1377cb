import { traceparentOf, type ContinuationEvent, type ContinuationState } from '@maestro/core';
import type { Command } from './command.ts';
import { handOverOf } from './merge.ts';
import { spawnsOf } from './fork.ts';
import type { OutgoingCall } from './outbox.ts';
import {
  siblingPublishes,
  subscriptionsOf,
  unsubscribeCall,
  type TopicCall,
} from './topic-waits.ts';

/** The topic on which every committed event is published. */
export const EVENTS_TOPIC = 'maestro-events';

/** Something to be done in the world because of an event; each is safe to do again. */
export type Effect =
  | { readonly kind: 'publish' }
  | {
      readonly kind: 'start-step';
      readonly step: string;
      readonly stepId: string;
      readonly attempt: number;
    };

/** What follows from an event outside its continuation. Pure: after a crash the same effects are found again. */
export function effectsOf(event: ContinuationEvent): readonly Effect[] {
  const publish: Effect = { kind: 'publish' };
  if (event.type === 'step' && event.payload.phase === 'intended') {
    const { step, stepId, attempt } = event.payload;
    return [publish, { kind: 'start-step', step, stepId, attempt }];
  }
  return [publish];
}

/** What an event says to other continuations and to topics. Pure: after a crash the same calls are found again. */
export function callsOf(
  state: ContinuationState,
  event: ContinuationEvent,
): readonly OutgoingCall[] {
  const { tenant, sequence } = event;
  const traceparent = traceparentOf(event.trace.traceId, event.commit);
  const call = (id: string, command: Command): OutgoingCall => ({
    sequence,
    to: { tenant, id },
    command,
  });
  const topics = (calls: readonly TopicCall[]): OutgoingCall[] =>
    calls.map(({ topic, command }) => ({ sequence, topic, command }));
  switch (event.type) {
    case 'fork':
      return spawnsOf(state, event).map(({ id, command }) => call(id, command));
    case 'spawn': {
      const { merge, copied } = event.payload;
      if (copied?.wake && state.wait?.waitId === sequence) {
        return topics(subscriptionsOf(state));
      }
      const { parents = [], function: name = '' } = merge ?? {};
      return parents.map((id) =>
        call(id, { kind: 'join', child: state.id, parents, function: name, traceparent }),
      );
    }
    case 'sleep':
      // Of a sleep that is over by now, when this is repeated, nobody is to wait.
      return state.wait?.waitId === sequence ? topics(subscriptionsOf(state)) : [];
    case 'wake':
    case 'kill': {
      const { subscribed = 0, unsubscribe = [] } = event.payload;
      return topics(unsubscribe.map((wait) => unsubscribeCall(state, subscribed, wait)));
    }
    case 'publish':
      return topics(
        siblingPublishes(state, sequence, event.at, event.payload.artifact, traceparent),
      );
    case 'human_signal': {
      // What it was found while it was paused has been let go: it asks again.
      const again = ['resume', 'unseal'].includes(event.payload.signal);
      return again && state.wait?.subscribed === sequence ? topics(subscriptionsOf(state)) : [];
    }
    case 'merge':
      return event.payload.role === 'parent' && event.payload.settled === true
        ? [call(event.payload.child, handOverOf(state, event))]
        : [];
    default:
      return [];
  }
}

/** Body of a message on {@link EVENTS_TOPIC}: consecutive events of one log. */
export interface EventsMessage {
  readonly tenant: string;
  readonly continuation: string;
  /** Sequences of the first and the last event. */
  readonly from: number;
  readonly to: number;
  /** The events' rows, as they are stored; none where one is too large for a message: it has to be read from the log. */
  readonly rows: readonly string[];
}
