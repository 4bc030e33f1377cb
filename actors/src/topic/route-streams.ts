import {
  MaestroError,
  readStreamItem,
  StreamName,
  TenantSlug,
  type JsonValue,
  type StreamBus,
} from '@maestro/core';
import { z } from 'zod';
import type { TopicGateway } from './topic-command.ts';

/** The topic on which items of streams are published. */
export const STREAMS_TOPIC = 'maestro-streams';

/** Body of a message on {@link STREAMS_TOPIC}: items of one stream, in order. */
export const StreamsMessage = z.looseObject({
  tenant: TenantSlug,
  stream: StreamName,
  items: z.array(z.unknown()).min(1).max(1000),
});
export type StreamsMessage = z.infer<typeof StreamsMessage>;

/** Hands what comes on {@link STREAMS_TOPIC} to the streams' topics. A message that comes again changes nothing. */
export function routeStreams(bus: StreamBus, topics: TopicGateway): () => void {
  return bus.subscribe(STREAMS_TOPIC, async ({ data, traceparent }) => {
    const message = StreamsMessage.safeParse(data);
    if (!message.success) {
      throw new MaestroError(
        'request.invalid',
        `not items of a stream: ${z.prettifyError(message.error)}`,
      );
    }
    const { tenant, stream, items } = message.data;
    await topics.tellTopic(
      { tenant, kind: 'stream', name: stream, shard: 0 },
      {
        kind: 'publish',
        items: items.map((input) => {
          const item = readStreamItem(input, stream, Date.now());
          return { id: item.id, item: item as unknown as Record<string, JsonValue> };
        }),
        traceparent,
      },
    );
  });
}
