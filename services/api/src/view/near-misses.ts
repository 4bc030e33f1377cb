import type { Explanation } from '@maestro/client/protocol';
import {
  compilePredicate,
  siblingTopicName,
  singleConditions,
  type ContinuationState,
  type ItemOf,
  type TopicKind,
} from '@maestro/core';
import type { ApiParts } from '../api-options.ts';

type Near = NonNullable<Explanation['waitingFor'][number]['near']>;

/** Items of a topic that are looked at. */
const LATEST = 10;

/**
 * The items that came last on the topics that a sleep waits for, and why each did not end it, by the index of the condition.
 * A topic that does not answer is left out: an explanation is not to fail for it.
 */
export async function nearMisses(
  { topics }: Pick<ApiParts, 'topics'>,
  { tenant, lineage, wait, createdAt }: ContinuationState,
): Promise<ReadonlyMap<number, Near>> {
  const found = new Map<number, Near>();
  const conditions = wait ? singleConditions(wait.condition) : [];
  await Promise.all(
    conditions.map(async (condition, index) => {
      if (condition.kind !== 'stream' && condition.kind !== 'sibling') return;
      const name =
        condition.kind === 'stream'
          ? condition.stream
          : siblingTopicName(lineage.root, condition.tag, condition.within);
      const reply = await topics
        .tellTopic(
          { tenant, kind: condition.kind, name, shard: 0 },
          { kind: 'peek', count: LATEST },
        )
        .catch(() => undefined);
      if (reply?.kind !== 'peeked') return;
      const sinceMs = Date.parse(condition.since ?? createdAt);
      const near = reply.items.map(({ item, atMs }) => ({
        id: typeof item['id'] === 'string' ? item['id'] : '',
        at: new Date(atMs).toISOString(),
        reason: reasonOf(condition.kind, condition.predicate, item, atMs < sinceMs),
      }));
      found.set(index, near);
    }),
  );
  return found;
}

function reasonOf(
  kind: TopicKind,
  predicate: string | undefined,
  item: Record<string, unknown>,
  early: boolean,
): string {
  if (early) return 'it came before this continuation looked';
  if (predicate === undefined) return 'it was taken by an earlier sleep, or is on its way';
  const compiled = compilePredicate(kind, predicate);
  const asked = item as ItemOf<typeof kind>;
  return compiled.matches(asked)
    ? 'it matches: it was taken by an earlier sleep, or is on its way'
    : compiled.explain(asked);
}
