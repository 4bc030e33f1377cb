/** How much a cache holds. */
export interface CacheBounds {
  readonly maxEntries: number;
  /** Characters of all keys together: what is remembered for a key grows with it. */
  readonly maxChars: number;
}

/** A map that forgets what was asked for least recently when it is full. */
export class BoundedCache<Value> {
  readonly #bounds: CacheBounds;
  /** In the order of use. */
  readonly #entries = new Map<string, Value>();
  #chars = 0;

  constructor(bounds: CacheBounds) {
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value of a key, which counts as used now. */
  get(key: string): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** Remembers a value; what was used least recently goes, until the rest fits. */
  set(key: string, value: Value): void {
    this.#forget(key);
    this.#entries.set(key, value);
    this.#chars += key.length;
    for (const oldest of this.#entries.keys()) {
      const { maxEntries, maxChars } = this.#bounds;
      if (this.#entries.size <= maxEntries && this.#chars <= maxChars) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    if (this.#entries.delete(key)) this.#chars -= key.length;
  }
}
