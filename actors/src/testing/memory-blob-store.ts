import type { BlobStore } from '@maestro/core';

/** Blobs in memory. */
export class MemoryBlobStore implements BlobStore {
  readonly #texts = new Map<string, string>();

  /** How many there are. */
  get size(): number {
    return this.#texts.size;
  }

  /** All of them, as they were put. */
  texts(): readonly string[] {
    return [...this.#texts.values()];
  }

  async put(tenant: string, sha256: string, text: string): Promise<void> {
    this.#texts.set(`${tenant}/${sha256}`, text);
  }

  async get(tenant: string, sha256: string): Promise<string | undefined> {
    return this.#texts.get(`${tenant}/${sha256}`);
  }

  async remove(tenant: string, sha256: string): Promise<void> {
    this.#texts.delete(`${tenant}/${sha256}`);
  }
}
