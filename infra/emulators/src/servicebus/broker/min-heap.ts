/** A binary heap: the value with the least key comes out first; equal keys come out in any order. */
export class MinHeap<T> {
  readonly #items: { readonly key: number; readonly value: T }[] = [];

  /** Number of values, with those that their owner no longer wants. */
  get size(): number {
    return this.#items.length;
  }

  /** The least key; undefined when the heap is empty. */
  get leastKey(): number | undefined {
    return this.#items[0]?.key;
  }

  /** Adds a value; O(log n). */
  push(key: number, value: T): void {
    const items = this.#items;
    let at = items.length;
    const item = { key, value };
    items.push(item);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = items[above];
      if (other === undefined || other.key <= key) break;
      items[at] = other;
      at = above;
    }
    items[at] = item;
  }

  /** Takes out the value with the least key; O(log n). */
  pop(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (first === undefined || last === undefined || items.length === 0) return first?.value;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      let other = items[below];
      if (other === undefined) break;
      const right = items[below + 1];
      if (right !== undefined && right.key < other.key) {
        below += 1;
        other = right;
      }
      if (other.key >= last.key) break;
      items[at] = other;
      at = below;
    }
    items[at] = last;
    return first.value;
  }

  /** Takes out the next value whose key is not above `key`. */
  popUpTo(key: number): T | undefined {
    const least = this.leastKey;
    return least === undefined || least > key ? undefined : this.pop();
  }
}
