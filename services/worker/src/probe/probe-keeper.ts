import type { CommandSender, FencedStore } from '@maestro/actors';
import {
  canonicalJson,
  ContinuationState,
  deriveContinuationId,
  GoalFrame,
  isFinished,
  MaestroError,
  parseStoredEvent,
  type Clock,
  type ContinuationRef,
  type Observability,
} from '@maestro/core';
import { createHash } from 'node:crypto';

/** The recipe of a probe. */
export const PROBE_RECIPE = 'probe@1';

const DAY_MS = 86_400_000;
const PAGE = 200;

/** What a probe keeper works with. */
export interface ProbeKeeperParts {
  readonly continuations: Pick<CommandSender, 'send'>;
  readonly store: Pick<FencedStore, 'readHead' | 'readRange'>;
  readonly clock: Clock;
  readonly observability: Observability;
  /** Whose continuation the probe is. */
  readonly tenant: string;
  /** Sleep between two of its wakes, in ms. */
  readonly everyMs: number;
}

/**
 * Keeps a continuation going that does nothing but sleep and wake, a new one for each day (UTC), so that no log grows for
 * ever, and measures how late its wakes are: what a user of this environment has to expect. Every host keeps the same one.
 */
export class ProbeKeeper {
  readonly #parts: ProbeKeeperParts;
  /** Wakes before this one are no news: another keeper has told of them. In ms since the epoch. */
  readonly #sinceMs: number;
  #day = '';
  /** The probe of the day, and those before it that have not ended yet. */
  readonly #probes = new Map<string, Probe>();

  constructor(parts: ProbeKeeperParts) {
    this.#parts = parts;
    this.#sinceMs = parts.clock.nowMs();
  }

  /**
   * Starts the probe of the day, unless it is there, and looks how it is doing.
   *
   * @throws MaestroError when it cannot be reached; what is overdue is measured nevertheless.
   */
  async look(signal?: AbortSignal): Promise<void> {
    const { clock, observability } = this.#parts;
    try {
      await this.#startOfToday(signal);
      for (const [day, probe] of this.#probes) {
        const finished = await this.#measure(probe);
        if (finished && day !== this.#day) this.#probes.delete(day);
      }
    } finally {
      const dues = [...this.#probes.values()].flatMap(({ dueMs }) => dueMs ?? []);
      // Of one that was never reached nothing can be said.
      if (dues.length > 0) {
        const overdueMs = Math.max(0, clock.nowMs() - Math.min(...dues));
        observability.set('maestro_probe_overdue_ms', overdueMs);
      }
    }
  }

  async #startOfToday(signal: AbortSignal | undefined): Promise<void> {
    const { continuations, clock, tenant, everyMs } = this.#parts;
    const day = new Date(clock.nowMs()).toISOString().slice(0, 10);
    // A clock that is put back begins no day again.
    if (day <= this.#day) return;
    // A line feed cannot be in an idempotency key, so no start by a client can derive the same id.
    const ref = { tenant, id: deriveContinuationId(tenant, `probe\n${day}`) };
    const goal = GoalFrame.parse({
      objective: `Measure how late wakes are on ${day}`,
      recipe: PROBE_RECIPE,
      sensitivity: 'internal',
      parameters: { everyMs, until: new Date(Date.parse(day) + DAY_MS).toISOString() },
    });
    await continuations
      .send(
        ref,
        {
          kind: 'spawn',
          goal,
          requestedBy: { subject: 'maestro' },
          requestHash: createHash('sha256').update(canonicalJson(goal)).digest('hex'),
        },
        signal && { signal },
      )
      .catch((error: unknown) => {
        // Another host has started it with another pause.
        if (MaestroError.from(error).code !== 'idempotency.conflict') throw error;
      });
    this.#probes.set(day, { ref });
    this.#day = day;
  }

  /** Records wakes that are new. @returns whether the probe has ended. */
  async #measure(probe: Probe): Promise<boolean> {
    const { store, observability } = this.#parts;
    const { ref } = probe;
    const head = await store.readHead(ref);
    if (head === undefined) return false;
    const { sequence, status, dueMs, updatedAt } = ContinuationState.parse(JSON.parse(head));
    // One that somebody has ended or paused is overdue since then.
    probe.dueMs = dueMs ?? Date.parse(updatedAt);
    probe.sequence ??= Math.max(0, sequence - PAGE);
    while (probe.sequence < sequence) {
      const limit = Math.min(PAGE, sequence - probe.sequence);
      const rows = await store.readRange(ref, probe.sequence + 1, limit);
      if (rows.length === 0) return false;
      for (const { type, at, payload } of rows.map(parseStoredEvent)) {
        if (type !== 'wake' || Date.parse(at) <= this.#sinceMs) continue;
        const { lateMs, cause } = payload as Wake;
        if (cause.kind !== 'timer') continue;
        observability.record('maestro_probe_lateness_ms', lateMs);
      }
      probe.sequence += rows.length;
    }
    return isFinished(status);
  }
}

/** What is read of the payload of a wake. */
interface Wake {
  readonly lateMs: number;
  readonly cause: { readonly kind: string };
}

/** A probe that is looked after. */
interface Probe {
  readonly ref: ContinuationRef;
  /** Last event that was looked at; undefined before the first look. */
  sequence?: number;
  /** When its next wake was due, or when it last did something if none is, as far as is known; in ms since the epoch. */
  dueMs?: number;
}
