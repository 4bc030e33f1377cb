import { deadLetterTopicOf, EVENTS_TOPIC } from '@maestro/actors';
import type { ServiceBusTopics } from '@maestro/infra-dapr';

/** The topics of events for brokers where they have to be made beforehand, each with a subscription of every app. */
export function eventTopics(apps: readonly string[]): ServiceBusTopics {
  return { topics: [EVENTS_TOPIC, deadLetterTopicOf(EVENTS_TOPIC)], subscriptions: apps };
}
