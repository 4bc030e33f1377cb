import { ContinuationId, JsonValue } from '@maestro/core';
import { z } from 'zod';

/** A wait of a continuation for one topic. */
export const Subscription = z.looseObject({
  /** `{continuation}/{waitId}/{index of the condition}`. */
  id: z.string().min(1).max(200),
  continuation: ContinuationId,
  waitId: z.int().min(1),
  predicate: z.string().max(4000).optional(),
  /** Only items behind this position count; and only what came at or after `sinceMs`. */
  after: z.int().min(0),
  sinceMs: z.number(),
});
export type Subscription = z.infer<typeof Subscription>;

/** An item with its place in the topic. */
export const TopicItem = z.looseObject({
  id: z.string().min(1).max(400),
  /** Counts the items of the topic from 1. */
  position: z.int().min(1),
  /** When the topic took it, in ms since the epoch. */
  atMs: z.number(),
  /** As predicates and the woken see it. */
  item: z.record(z.string(), JsonValue),
  /** Of whoever published it. */
  traceparent: z.string().optional(),
});
export type TopicItem = z.infer<typeof TopicItem>;

/** One commit of a topic: create-only rows, so that of all hosts that believe they own it one gets its commit in. */
export const TopicEntry = z.looseObject({
  /** Names the commit. */
  commit: z.string().min(1),
  items: z.array(TopicItem).optional(),
  subscribed: z.array(Subscription).optional(),
  /** Ids of subscriptions that are over. */
  ended: z.array(z.string()).optional(),
});
export type TopicEntry = z.infer<typeof TopicEntry>;

/** Where a topic is. */
export const TopicHead = z.looseObject({
  version: z.literal(1),
  /** Commits so far. */
  sequence: z.int().min(1),
  /** Items so far. */
  position: z.int().min(0),
  /** The first commit whose items are still kept. */
  keptFrom: z.int().min(1),
  /** The last commit that the snapshot of the subscriptions holds, and how many rows it has. */
  snapshot: z.looseObject({ sequence: z.int().min(0), chunks: z.int().min(0) }),
});
export type TopicHead = z.infer<typeof TopicHead>;
