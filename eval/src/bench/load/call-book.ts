import { distributionOf, type Distribution } from './statistics.ts';

/** What became of calls of one kind. */
export interface CallFigures {
  readonly calls: number;
  /** Refused, failed, or answered otherwise than they should have been. */
  readonly errors: number;
  /** Of those that were answered well, in ms. */
  readonly callMs: Distribution;
}

/** Notes how long calls took and which failed, by kind. */
export class CallBook {
  readonly #times = new Map<string, number[]>();
  readonly #errors = new Map<string, unknown[]>();

  /** A call that was answered well. */
  took(kind: string, ms: number): void {
    noteIn(this.#times, kind, ms);
  }

  /** A call that was not. */
  failed(kind: string, error: unknown): void {
    noteIn(this.#errors, kind, error);
  }

  /** Times a call and notes what became of it. @returns undefined when it failed. */
  async time<T>(kind: string, call: () => Promise<T>): Promise<T | undefined> {
    const from = performance.now();
    try {
      const answer = await call();
      this.took(kind, performance.now() - from);
      return answer;
    } catch (error) {
      this.failed(kind, error);
      return undefined;
    }
  }

  /** Of some kinds together. */
  figuresOf(kinds: readonly string[]): CallFigures {
    const times = kinds.flatMap((kind) => this.#times.get(kind) ?? []);
    const errors = kinds.reduce((sum, kind) => sum + (this.#errors.get(kind)?.length ?? 0), 0);
    return { calls: times.length + errors, errors, callMs: distributionOf(times) };
  }

  /** All kinds there are notes of, by name. */
  kinds(): readonly string[] {
    return [...new Set([...this.#times.keys(), ...this.#errors.keys()])].toSorted();
  }

  /** What failed first, of each kind that something failed of. */
  firstErrors(): readonly string[] {
    return [...this.#errors].map(
      ([kind, errors]) => `${kind}: ${errors.length} failed, the first with ${String(errors[0])}`,
    );
  }
}

function noteIn<T>(lists: Map<string, T[]>, kind: string, one: T): void {
  const list = lists.get(kind);
  if (list) list.push(one);
  else lists.set(kind, [one]);
}
