import { MaestroError } from '@maestro/core';
import type { ServerResponse } from 'node:http';

/** Live streams and waits of one tenant that one process keeps open at most. */
const MAX_OPEN = 1_000;

/** Answers that stay open: live streams, and those that wait for an event. */
export class OpenAnswers {
  readonly #stopping: () => AbortSignal;
  readonly #open = new Map<string, Set<AbortController>>();
  #listens = false;

  /** @param stopping aborted when the server shuts down. */
  constructor(stopping: () => AbortSignal) {
    this.#stopping = stopping;
  }

  /**
   * What aborts when the client has left, the server shuts down, or whoever answers calls it off.
   *
   * @throws MaestroError `rate.limited`, retryable, when the tenant has too many.
   */
  open(response: ServerResponse, tenant: string): AbortController {
    const stopping = this.#stopping();
    const open = new AbortController();
    // Whoever left while the request was looked at has been told so already.
    if (stopping.aborted || response.destroyed) {
      open.abort();
      return open;
    }
    const mine = this.#open.get(tenant) ?? new Set();
    if (mine.size >= MAX_OPEN) {
      throw new MaestroError(
        'rate.limited',
        `the tenant has ${MAX_OPEN} live streams and waits open here; close some first`,
      );
    }
    // One listener for all of them: the server's signal outlives every request.
    if (!this.#listens) stopping.addEventListener('abort', () => this.#close());
    this.#listens = true;
    this.#open.set(tenant, mine.add(open));
    response.once('close', () => {
      mine.delete(open);
      if (mine.size === 0) this.#open.delete(tenant);
      open.abort();
    });
    return open;
  }

  #close(): void {
    for (const all of this.#open.values()) for (const open of all) open.abort();
  }
}
