import type { DetachedStepContext } from '@maestro/core';
import type { Work } from './sample-recipes.ts';

/** Work of detached steps that ends when a test says so, in the order in which it began. */
export class HeldWork {
  /** Of every attempt that was started, in order. */
  readonly contexts: DetachedStepContext<unknown>[] = [];
  readonly #ends: { resolve: (outcome: unknown) => void; reject: (error: unknown) => void }[] = [];

  /** What the step does. */
  readonly work: Work = (context) => {
    this.contexts.push(context);
    return new Promise((resolve, reject) => {
      this.#ends.push({ resolve, reject });
    });
  };

  /** The attempt numbers that were started, in order. */
  get attempts(): readonly number[] {
    return this.contexts.map(({ attempt }) => attempt);
  }

  /** Ends the `index`-th start with an outcome. */
  finish(index: number, outcome: unknown): void {
    this.#ends[index]?.resolve(outcome);
  }

  /** Makes the `index`-th start throw. */
  fail(index: number, error: Error): void {
    this.#ends[index]?.reject(error);
  }

  /** Whether the `index`-th start was told to stop. */
  aborted(index: number): boolean {
    return this.contexts[index]?.abort.aborted ?? false;
  }
}
