import type { ContinuationRef, StreamBus } from '@maestro/core';
import { onCommits } from './commit-message.ts';

/** Tells live streams at once that their continuation has committed something; they read it from the log themselves. */
export class CommitNudges {
  readonly #listeners = new Map<string, Set<() => void>>();

  /** Listens to the committed events of this process until the signal aborts. */
  follow(bus: StreamBus, until: AbortSignal): void {
    onCommits(bus, until, ({ tenant, continuation }) => {
      for (const listener of this.#listeners.get(`${tenant}:${continuation}`) ?? []) listener();
    });
  }

  /** Calls back on every commit of a continuation. @returns a function that ends it. */
  on(ref: ContinuationRef, listener: () => void): () => void {
    const key = `${ref.tenant}:${ref.id}`;
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) {
        this.#listeners.delete(key);
      }
    };
  }
}
