import { EVENTS_TOPIC } from '@maestro/actors';
import type { ReadModel } from '@maestro/api';
import { MaestroError, type ContinuationRef } from '@maestro/core';
import { createWarehouse, type OpenWarehouse, type WarehouseConfig } from '@maestro/warehouse';
import type { Worker } from '@maestro/worker';
import type { Logger } from 'pino';
import { setTimeout as delay } from 'node:timers/promises';

/** Pauses between two tries to open the tables, in ms. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** How long a stop waits for what is being written, in ms: the next comparison finds what was not. */
const STOP_MS = 10_000;

/**
 * A warehouse in the process of the worker. Turns do not need it: as long as its tables cannot be opened there are no lists,
 * and what it has missed it finds when it compares them with the store.
 */
export class EmbeddedWarehouse implements ReadModel {
  readonly #config: WarehouseConfig;
  readonly #worker: Worker;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  #opening: Promise<void> | undefined;
  #open: OpenWarehouse | undefined;

  constructor(config: WarehouseConfig, worker: Worker, log: Logger) {
    this.#config = config;
    this.#worker = worker;
    this.#log = log;
    // Turns do not wait for the tables.
    worker.bus.subscribe(EVENTS_TOPIC, async ({ data }) => this.#open?.warehouse.offer(data));
  }

  /** Opens the tables in the background, again and again until they can be opened. */
  start(): void {
    this.#opening ??= this.#openTables();
  }

  list(query: Parameters<ReadModel['list']>[0]): ReturnType<ReadModel['list']> {
    return this.#ask(async ({ tables }) => {
      const { builtAtMs } = tables;
      return { builtAtMs, lives: await tables.list(query) };
    });
  }

  figures(): ReturnType<ReadModel['figures']> {
    return this.#ask(async ({ tables }) => {
      const { builtAtMs } = tables;
      return { builtAtMs, ...(await tables.figures()) };
    });
  }

  replay(ref: ContinuationRef): ReturnType<ReadModel['replay']> {
    return this.#ask(({ warehouse }) => warehouse.replay(ref));
  }

  erase(tenant: string): Promise<void> {
    return this.#ask(({ warehouse }) => warehouse.erase(tenant));
  }

  /** Stops and closes the tables, unless they keep it waiting. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const stopped = (async () => {
      await this.#opening;
      await this.#open?.warehouse.stop();
    })();
    await Promise.race([stopped, delay(STOP_MS, undefined, { ref: false })]);
  }

  async #ask<T>(question: (open: OpenWarehouse) => Promise<T>): Promise<T> {
    if (!this.#open) throw unavailable('its tables are not open');
    try {
      return await question(this.#open);
    } catch (error) {
      throw unavailable('its tables do not answer', error);
    }
  }

  async #openTables(): Promise<void> {
    const { signal } = this.#stopping;
    const { store, tenants, continuations, observability } = this.#worker;
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs *= 2) {
      try {
        this.#open = await createWarehouse(this.#config, {
          store,
          tenants,
          wake: (ref) => continuations.tell(ref, { kind: 'wake', rearm: true }),
          observability,
          notes: this.#log,
        });
        this.#open.warehouse.start();
        return;
      } catch (error) {
        this.#log.warn({ err: error }, 'the warehouse cannot be opened yet: there are no lists');
      }
      await delay(Math.min(pauseMs, LONGEST_PAUSE_MS), undefined, { signal }).catch(
        () => undefined,
      );
    }
  }
}

function unavailable(why: string, cause?: unknown): MaestroError {
  return new MaestroError('warehouse.unavailable', `the warehouse cannot be asked: ${why}`, {
    cause,
  });
}
