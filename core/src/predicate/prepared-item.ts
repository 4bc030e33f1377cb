import type { SiblingItem } from '../stream/sibling-item.ts';
import type { StreamItem } from '../stream/stream-item.ts';
import type { ItemOf, PredicateKind } from './predicate-kind.ts';
import type { ItemShape } from './sized-value.ts';

/**
 * Objects as maps, at every level: a member named `constructor` or `__proto__` is a key like any other there, while CEL's
 * evaluator would ask a plain object for its constructor.
 */
function celValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(celValue);
  return new Map(Object.entries(value).map(([key, member]) => [key, celValue(member)]));
}

/** An item of a stream as CEL reads it. */
class StreamItemView {
  readonly id: string;
  readonly stream: string;
  readonly source: string;
  readonly title: string;
  readonly body: string | undefined;
  readonly #at: string;
  readonly #attributes: StreamItem['attributes'];
  #map: unknown;

  constructor(item: StreamItem) {
    this.id = item.id;
    this.stream = item.stream;
    this.source = item.source;
    this.title = item.title;
    this.body = item.body;
    this.#at = item.at;
    this.#attributes = item.attributes;
  }

  get at(): Date {
    return new Date(this.#at);
  }

  get attributes(): unknown {
    return (this.#map ??= celValue(this.#attributes));
  }
}

/** What a sibling published, as CEL reads it. */
class SiblingItemView {
  readonly id: string;
  readonly tag: string;
  readonly publisher: string;
  readonly kind: string;
  readonly #at: string;
  readonly #raw: unknown;
  #value: unknown;

  constructor(item: SiblingItem) {
    this.id = item.id;
    this.tag = item.tag;
    this.publisher = item.publisher;
    this.kind = item.kind;
    this.#at = item.at;
    this.#raw = item.value;
  }

  get at(): Date {
    return new Date(this.#at);
  }

  get value(): unknown {
    return (this.#value ??= celValue(this.#raw));
  }
}

/** The classes that CEL knows items by. */
export const ITEM_VIEWS = { stream: StreamItemView, sibling: SiblingItemView } as const;

/** An item with what its predicates share: the view for CEL, and its shape, each made when first asked for. */
export class PreparedItem<Kind extends PredicateKind> {
  readonly item: ItemOf<Kind>;
  readonly #kind: Kind;
  #context: { readonly item: object } | undefined;
  #shape: ItemShape | undefined;

  constructor(kind: Kind, item: ItemOf<Kind>) {
    this.#kind = kind;
    this.item = item;
  }

  /** The variables of a predicate. */
  get context(): { readonly item: object } {
    return (this.#context ??= {
      item:
        this.#kind === 'stream'
          ? new StreamItemView(this.item as StreamItem)
          : new SiblingItemView(this.item as SiblingItem),
    });
  }

  /** How much there is to walk over. */
  get shape(): ItemShape {
    return (this.#shape ??= shapeOf(this.item));
  }
}

/** The shape of an item: its longest list or object, how many values it has, and how many characters. */
function shapeOf(item: unknown): ItemShape {
  const shape = { elements: 0, nodes: 0, chars: 0 };
  const rest: unknown[] = [item];
  while (rest.length > 0) {
    const value = rest.pop();
    shape.nodes += 1;
    if (typeof value === 'string') shape.chars += value.length;
    if (typeof value !== 'object' || value === null) continue;
    const keys = Array.isArray(value) ? [] : Object.keys(value);
    const members: readonly unknown[] = Object.values(value);
    shape.elements = Math.max(shape.elements, members.length);
    for (const key of keys) shape.chars += key.length;
    for (const member of members) rest.push(member);
  }
  return shape;
}
