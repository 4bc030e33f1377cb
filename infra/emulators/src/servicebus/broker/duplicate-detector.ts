/** Remembers message ids for a window of time, as an entity with duplicate detection does. */
export class DuplicateDetector {
  readonly #windowMs: number;
  /** Ids in the order of their instants. */
  readonly #seenAt = new Map<string, number>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Whether the id was seen within the window; remembers it if not. Constant time on average. */
  isDuplicate(messageId: string, nowMs: number): boolean {
    for (const [id, atMs] of this.#seenAt) {
      if (nowMs - atMs < this.#windowMs) break;
      this.#seenAt.delete(id);
    }
    if (this.#seenAt.has(messageId)) return true;
    this.#seenAt.set(messageId, nowMs);
    return false;
  }
}
