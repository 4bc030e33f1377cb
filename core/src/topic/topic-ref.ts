import { z } from 'zod';
import { TenantSlug } from '../continuation/identifiers.ts';
import { MaestroError } from '../errors/maestro-error.ts';

/** What can be waited for: items of a stream, or what members of a family publish under a tag. */
export const TopicKind = z.enum(['stream', 'sibling']);
export type TopicKind = z.infer<typeof TopicKind>;

/** Names one shard of one topic of one tenant. */
export interface TopicRef {
  readonly tenant: string;
  readonly kind: TopicKind;
  /** The stream; of siblings {@link siblingTopicName}. */
  readonly name: string;
  readonly shard: number;
}

/** The Dapr actor type of topics. A wire name: renaming it is a data migration. */
export const WAKE_TOPIC_ACTOR_TYPE = 'WakeTopic';

/** Who counts as a sibling: the family of one root, by default, or everybody of the tenant. */
export const SiblingScope = z.enum(['root', 'tenant']);
export type SiblingScope = z.infer<typeof SiblingScope>;

/** The name of the topic on which a family publishes under a tag; that of the tenant has an asterisk for a root. */
export function siblingTopicName(root: string, tag: string, within: SiblingScope = 'root'): string {
  return `${within === 'tenant' ? '*' : root}/${tag}`;
}

/** The Dapr actor id of a topic's shard: `{tenant}.{kind}.{shard}.{name in base64url}`. */
export function topicActorId({ tenant, kind, name, shard }: TopicRef): string {
  return `${tenant}.${kind}.${shard}.${Buffer.from(name).toString('base64url')}`;
}

/** The partition of a topic's shard in the state store: no continuation has such an id. */
export function topicPartition(ref: TopicRef): string {
  return `${ref.tenant}:topic.${topicActorId(ref).slice(ref.tenant.length + 1)}`;
}

/**
 * The topic's shard that a Dapr actor id names.
 *
 * @throws MaestroError `id.invalid`.
 */
export function parseTopicActorId(actorId: string): TopicRef {
  const [tenant = '', kindText, shardText = '', encoded = '', ...more] = actorId.split('.');
  const kind = TopicKind.safeParse(kindText);
  const name = Buffer.from(encoded, 'base64url').toString();
  const ref = { tenant, kind: kind.data ?? 'stream', name, shard: Number(shardText) };
  const valid =
    kind.success &&
    more.length === 0 &&
    TenantSlug.safeParse(tenant).success &&
    /^(0|[1-9][0-9]{0,2})$/.test(shardText) &&
    name !== '' &&
    topicActorId(ref) === actorId;
  if (!valid) {
    throw new MaestroError('id.invalid', `'${actorId.slice(0, 80)}' is not the id of a topic`);
  }
  return ref;
}
