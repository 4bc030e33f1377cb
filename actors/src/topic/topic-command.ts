import { JsonValue, type TopicRef } from '@maestro/core';
import { z } from 'zod';
import { Traceparent } from '../turn/traceparent.ts';
import { Subscription, TopicItem } from './topic-rows.ts';

/** Everything that can be asked of a topic. */
export const TopicCommand = z.discriminatedUnion('kind', [
  /** Takes items, each once by its id. */
  z.looseObject({
    kind: z.literal('publish'),
    items: z
      .array(z.looseObject({ id: TopicItem.shape.id, item: z.record(z.string(), JsonValue) }))
      .min(1)
      .max(1000),
    traceparent: Traceparent,
  }),
  z.looseObject({ kind: z.literal('subscribe'), subscription: Subscription }),
  z.looseObject({ kind: z.literal('unsubscribe'), id: Subscription.shape.id }),
  /** Shows the items that came last. */
  z.looseObject({ kind: z.literal('peek'), count: z.int().min(0).max(100) }),
]);
export type TopicCommand = z.infer<typeof TopicCommand>;

/** What a topic answers. */
export type TopicReply =
  | { readonly kind: 'published'; readonly taken: number; readonly known: number }
  | { readonly kind: 'subscribed' }
  | { readonly kind: 'unsubscribed' }
  | {
      readonly kind: 'peeked';
      readonly items: readonly TopicItem[];
      readonly subscriptions: number;
    };

/** Speaks to topics, wherever they live. */
export interface TopicGateway {
  /** @throws MaestroError what the topic refused with, or that it could not be reached. */
  tellTopic(ref: TopicRef, command: TopicCommand): Promise<TopicReply>;
}
