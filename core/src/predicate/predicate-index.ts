import { EqualityTree } from './equality-tree.ts';
import type { Equality } from './equalities.ts';
import type { ItemOf, PredicateKind } from './predicate-kind.ts';
import type { Predicate } from './predicate.ts';
import { PreparedItem } from './prepared-item.ts';

/** The subscriptions that have the same predicate: it is asked once for all of them. */
interface Group<Kind extends PredicateKind, Value> {
  readonly predicate: Predicate<Kind> | undefined;
  /** What the group is filed under; undefined when it is asked about every item. */
  readonly filed: Equality | undefined;
  readonly values: Map<string, Value>;
}

/**
 * Subscriptions by their predicates: which of them does an item match? Those whose predicate demands that some field is a
 * certain text are found by that text, the rest are asked one by one; equal predicates are asked once. Of several such
 * demands the one is taken that the fewest share at that time.
 */
export class PredicateIndex<Value, Kind extends PredicateKind = 'stream'> {
  readonly #kind: Kind;
  /** By the predicate's text; the empty text is no predicate. */
  readonly #groups = new Map<string, Group<Kind, Value>>();
  readonly #groupOf = new Map<string, Group<Kind, Value>>();
  readonly #tree = new EqualityTree<Group<Kind, Value>>();
  readonly #rest = new Set<Group<Kind, Value>>();

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  /** How many subscriptions there are. */
  get size(): number {
    return this.#groupOf.size;
  }

  /** Adds a subscription; one of the same id is replaced. Without a predicate it matches every item. */
  add(id: string, predicate: Predicate<Kind> | undefined, value: Value): void {
    this.remove(id);
    const text = predicate?.text ?? '';
    const group = this.#groups.get(text) ?? this.#file(text, predicate);
    group.values.set(id, value);
    this.#groupOf.set(id, group);
  }

  /** Removes a subscription. Idempotent. */
  remove(id: string): void {
    const group = this.#groupOf.get(id);
    if (!group) return;
    this.#groupOf.delete(id);
    group.values.delete(id);
    if (group.values.size > 0) return;
    this.#groups.delete(group.predicate?.text ?? '');
    if (group.filed) this.#tree.remove(group.filed, group);
    else this.#rest.delete(group);
  }

  /** The values of the subscriptions that an item matches, in no particular order. Never throws. */
  matching(item: ItemOf<Kind>): Value[] {
    const prepared = new PreparedItem(this.#kind, item);
    const values: Value[] = [];
    const ask = ({ predicate, values: own }: Group<Kind, Value>): void => {
      if (predicate && !predicate.matchesPrepared(prepared)) return;
      for (const value of own.values()) values.push(value);
    };
    this.#tree.forEachMet(item, ask);
    for (const group of this.#rest) ask(group);
    return values;
  }

  #file(text: string, predicate: Predicate<Kind> | undefined): Group<Kind, Value> {
    const filed = this.#mostSelective(predicate?.equalities ?? []);
    const group: Group<Kind, Value> = { predicate, filed, values: new Map() };
    this.#groups.set(text, group);
    if (filed) this.#tree.add(filed, group);
    else this.#rest.add(group);
    return group;
  }

  /** The equality that the fewest groups are filed under; of equal ones that whose path has the most texts. */
  #mostSelective(equalities: readonly Equality[]): Equality | undefined {
    let best: { readonly equality: Equality; entries: number; texts: number } | undefined;
    for (const equality of equalities) {
      const { entries, texts } = this.#tree.sizes(equality);
      const better =
        !best || entries < best.entries || (entries === best.entries && texts > best.texts);
      if (better) best = { equality, entries, texts };
    }
    return best?.equality;
  }
}
