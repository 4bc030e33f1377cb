import type { Command, ContinuationClient, FencedStore, Reply } from '@maestro/actors';
import {
  ContinuationState,
  deriveContinuationId,
  isFinished,
  sha256Hex,
  type ContinuationRef,
} from '@maestro/core';
import type { ChaosOptions } from './chaos-options.ts';

const TENANT = 'chaos';

/** One continuation of the fleet and what it runs. */
interface Member {
  readonly ref: ContinuationRef;
  readonly command: Command;
}

/** The continuations that are in flight while things break; submissions are repeated until they are accepted. */
export class Fleet {
  readonly members: readonly Member[];
  readonly #continuations: ContinuationClient;
  readonly #store: FencedStore;
  readonly #finished = new Set<string>();
  submitted = 0;
  /** Submissions that had to be repeated because the answer was an error. */
  repeated = 0;

  constructor(
    { continuations: size, lifeMs }: Pick<ChaosOptions, 'continuations' | 'lifeMs'>,
    continuations: ContinuationClient,
    store: FencedStore,
  ) {
    this.#continuations = continuations;
    this.#store = store;
    const run = Date.now().toString(36);
    this.members = Array.from({ length: size }, (_, index) => memberOf(run, index, size, lifeMs));
  }

  /** Submits all, spread over a time, while faults are under way. */
  async submitAll(overMs: number): Promise<void> {
    const startedAt = performance.now();
    let next = 0;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        while (next < this.members.length) {
          const index = next++;
          const dueIn = startedAt + (index / this.members.length) * overMs - performance.now();
          if (dueIn > 0) await pause(dueIn);
          const member = this.members[index];
          if (member) await this.#submit(member);
        }
      }),
    );
  }

  async #submit({ ref, command }: Member): Promise<void> {
    for (;;) {
      try {
        await this.#continuations.send<Reply>(ref, command, { timeoutMs: 10_000 });
        this.submitted++;
        return;
      } catch {
        this.repeated++;
        await pause(500);
      }
    }
  }

  /** How many have finished. */
  async countFinished(): Promise<number> {
    const open = this.members.filter(({ ref }) => !this.#finished.has(ref.id));
    let next = 0;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        while (next < open.length) {
          const member = open[next++];
          const head = member && (await this.#store.readHead(member.ref).catch(() => undefined));
          if (head && isFinished(ContinuationState.parse(JSON.parse(head)).status))
            this.#finished.add(member.ref.id);
        }
      }),
    );
    return this.#finished.size;
  }

  /** Looks after every open continuation that is overdue, as the watchdog of an installation does. @returns how many. */
  async pokeOverdue(byMs: number): Promise<number> {
    let poked = 0;
    for (const { ref } of this.members) {
      if (this.#finished.has(ref.id)) continue;
      const head = await this.#store.readHead(ref).catch(() => undefined);
      if (!head) continue;
      const { dueMs } = ContinuationState.parse(JSON.parse(head));
      if (dueMs === null || dueMs > Date.now() - byMs) continue;
      await this.#continuations
        .send(ref, { kind: 'wake' }, { timeoutMs: 5_000 })
        .catch(() => undefined);
      poked++;
    }
    return poked;
  }
}

function memberOf(run: string, index: number, size: number, lifeMs: number): Member {
  const key = `${run}-${index}`;
  // Long enough to be in flight while the faults come, different enough to be in every state when one comes.
  const long = index % 2 === 0;
  const goal = [
    { recipe: 'noop@1', parameters: { sleepMs: long ? lifeMs * (1 + index / size) : 5_000 } },
    { recipe: 'countdown@1', parameters: { n: long ? lifeMs / 1000 : 12, everyMs: 1500 } },
    {
      recipe: 'wanderer@1',
      parameters: { rounds: long ? Math.ceil(lifeMs / 3000) : 5, stepMs: 1500, sleepMs: 1500 },
    },
  ][index % 3];
  return {
    ref: { tenant: TENANT, id: deriveContinuationId(TENANT, key) },
    command: {
      kind: 'spawn',
      goal: {
        objective: 'survive',
        sensitivity: 'internal',
        recipe: goal?.recipe ?? 'noop@1',
        parameters: Object.fromEntries(
          Object.entries(goal?.parameters ?? {}).map(([name, value]) => [name, Math.round(value)]),
        ),
      },
      requestedBy: { subject: 'chaos' },
      requestHash: sha256Hex(key),
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
