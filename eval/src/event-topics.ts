import { deadLetterTopicOf, EVENTS_TOPIC, STREAMS_TOPIC } from '@maestro/actors';
import type { ServiceBusTopics } from '@maestro/infra-dapr';

/** The topics of events and of items for brokers where they have to be made beforehand, each with a subscription of every app. */
export function eventTopics(apps: readonly string[]): ServiceBusTopics {
  const topics = [EVENTS_TOPIC, STREAMS_TOPIC].flatMap((topic) => [
    topic,
    deadLetterTopicOf(topic),
  ]);
  return { topics, subscriptions: apps };
}
