import type { SiblingItem } from '../stream/sibling-item.ts';
import type { StreamItem } from '../stream/stream-item.ts';

/** What a predicate is asked about: an item of a stream, or what a sibling published. */
export type PredicateKind = 'stream' | 'sibling';

/** The item that a predicate of a kind sees. */
export type ItemOf<Kind extends PredicateKind> = Kind extends 'stream' ? StreamItem : SiblingItem;

/** The fields of the variable `item`, and their CEL types. */
export const ITEM_FIELDS: Readonly<Record<PredicateKind, Readonly<Record<string, string>>>> = {
  stream: {
    id: 'string',
    stream: 'string',
    at: 'google.protobuf.Timestamp',
    source: 'string',
    title: 'string',
    attributes: 'map<string, dyn>',
    body: 'string',
  },
  sibling: {
    id: 'string',
    tag: 'string',
    at: 'google.protobuf.Timestamp',
    publisher: 'string',
    kind: 'string',
    value: 'dyn',
  },
};
