import { randomUUID } from 'node:crypto';
import type { Commit } from './commit-message.ts';

/** Commits that are remembered for those who come back, or are slow. */
const MAX_COMMITS = 2000;

/** A commit among those of its tenant. */
export type NumberedCommit = Pick<Commit, 'continuation' | 'from' | 'to'> & {
  readonly number: number;
};

/**
 * The latest commits of a tenant, numbered from 1 as this process heard of them. Of a continuation whose commits are
 * remembered the next one goes on right after them, whatever is told twice or in another order.
 */
export class TenantFeed {
  /** Names this feed: numbers of another one mean nothing here. */
  readonly name = randomUUID().slice(0, 8);
  readonly #most: number;
  readonly #listeners = new Set<() => void>();
  /** The last remembered commit of each continuation. */
  readonly #last = new Map<string, NumberedCommit>();
  #commits: NumberedCommit[] = [];
  #latest = 0;

  /** @param most commits that are remembered. */
  constructor(most = MAX_COMMITS) {
    this.#most = most;
  }

  /** Number of the oldest commit that is remembered; of the next one while there is none. */
  get oldest(): number {
    return this.#commits[0]?.number ?? this.#latest + 1;
  }

  /** Number of the latest commit, 0 before the first. */
  get latest(): number {
    return this.#latest;
  }

  /** Whether somebody listens. */
  get heard(): boolean {
    return this.#listeners.size > 0;
  }

  /** The commit of a number, if it is remembered. */
  at(number: number): NumberedCommit | undefined {
    return this.#commits[number - this.oldest];
  }

  /** Takes a commit in. */
  add({ continuation, from, to }: Omit<Commit, 'tenant'>): void {
    const known = this.#last.get(continuation);
    if (known && to <= known.to) return;
    const commit = { continuation, from: known ? known.to + 1 : from, to, number: ++this.#latest };
    this.#commits.push(commit);
    this.#last.set(continuation, commit);
    // Half as many more, so that it is not copied for each.
    if (this.#commits.length >= this.#most * 1.5) this.#forget();
    for (const listener of this.#listeners) listener();
  }

  /** Calls back on every commit. @returns a function that ends it. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Keeps it among the feeds that are kept. @returns a function that ends it. */
  hold(): () => void {
    return this.on(() => undefined);
  }

  #forget(): void {
    const gone = this.#commits.slice(0, -this.#most);
    this.#commits = this.#commits.slice(-this.#most);
    for (const commit of gone) {
      if (this.#last.get(commit.continuation) === commit) this.#last.delete(commit.continuation);
    }
  }
}
