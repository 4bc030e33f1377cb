interface Waiting<T> {
  readonly item: T;
  readonly size: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes what comes in while a write is under way together, in the order in which it came. When a common write fails,
 * each of its items is written alone, so that one that cannot be written does not keep the others.
 */
export class WriteQueue<T> {
  readonly #write: (items: readonly T[]) => Promise<void>;
  readonly #maxSize: number;
  #waiting: Waiting<T>[] = [];
  #running: Promise<void> | undefined;

  /** @param maxSize at most so much in one write, unless a single item is larger. */
  constructor(write: (items: readonly T[]) => Promise<void>, maxSize: number) {
    this.#write = write;
    this.#maxSize = maxSize;
  }

  /** Resolves once the item is written, rejects when it could not be. */
  add(item: T, size: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, size, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing is left to write. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Whoever adds in the same round of the event loop shares the first write.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#writeTogether(this.#next());
    this.#running = undefined;
  }

  #next(): Waiting<T>[] {
    let size = 0;
    const end = this.#waiting.findIndex((waiting, index) => {
      size += waiting.size;
      return index > 0 && size > this.#maxSize;
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  async #writeTogether(batch: readonly Waiting<T>[]): Promise<void> {
    try {
      await this.#write(batch.map(({ item }) => item));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      const [only] = batch;
      if (batch.length === 1) return only?.reject(error);
      for (const waiting of batch) await this.#writeTogether([waiting]);
    }
  }
}
