import {
  deriveContinuationId,
  LogVerifier,
  MaestroError,
  parseStoredEvent,
  readStreamItem,
  upcast,
  type ContinuationEvent,
  type ContinuationRef,
  type ContinuationState,
  type GoalFrame,
  type JsonValue,
  type Recipe,
  type StreamItemInput,
  type WakeCondition,
} from '@maestro/core';
import type { CommandOf } from '../turn/command.ts';
import { FakeClock } from './fake-clock.ts';
import { createMemoryRuntime, type MemoryRuntime } from './memory-runtime.ts';

/** What {@link testRecipe} takes. */
export interface TestRecipeOptions {
  /** What the recipe is started with. @default {} */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Other parts of the goal frame. */
  readonly goal?: Partial<Omit<GoalFrame, 'recipe' | 'parameters'>>;
  /** Time at which the fake clock stands at first, in ms since the epoch. @default 2026-01-01T00:00:00Z */
  readonly startMs?: number;
}

const PAGE = 500;

/** One continuation of a recipe, lived through without Dapr: the real turn, a store in memory, and a clock moved by hand. */
export class RecipeTest {
  readonly ref: ContinuationRef = { tenant: 'test', id: deriveContinuationId('test', 'recipe') };
  readonly runtime: MemoryRuntime;
  readonly #recipe: Recipe;
  readonly #options: TestRecipeOptions;
  #events: readonly ContinuationEvent[] = [];
  #state: ContinuationState | null = null;
  #signals = 0;

  constructor(recipe: Recipe, options: TestRecipeOptions) {
    this.#recipe = recipe;
    this.#options = options;
    this.runtime = createMemoryRuntime({
      recipes: [recipe],
      clock: new FakeClock(options.startMs),
    });
  }

  /**
   * Submits the goal and runs up to the first sleep, the first detached step, or the end.
   *
   * @throws MaestroError `recipe.parameters_invalid` when the parameters do not fit; nothing was started then.
   */
  async start(): Promise<void> {
    const goal = {
      objective: `try ${this.#recipe.reference}`,
      sensitivity: 'internal',
      ...this.#options.goal,
      recipe: this.#recipe.reference,
      parameters: this.#options.parameters ?? {},
    } as CommandOf<'spawn'>['goal'];
    await this.#send({
      kind: 'spawn',
      goal,
      requestedBy: { subject: 'test' },
      requestHash: '0'.repeat(64),
    });
  }

  /** Moves the clock on by `ms`: timers, timeouts and retries that fall due happen. Does not wait for detached steps. */
  async advance(ms: number): Promise<void> {
    await this.runtime.advance(ms);
    await this.#refresh();
  }

  /**
   * Gives a signal: one that the continuation waits for, or `kill`, `pause`, `resume`.
   *
   * @throws MaestroError `signal.unknown`, `continuation.finished` or `continuation.paused`.
   */
  async signal(name: string, payload?: JsonValue): Promise<void> {
    await this.#send({
      kind: 'signal',
      signal: name,
      requestId: `signal-${++this.#signals}`,
      by: { subject: 'test' },
      ...(payload === undefined ? {} : { payload }),
    });
  }

  /**
   * Publishes an item on a stream, as the API does; one whose id the stream has had changes nothing.
   *
   * @throws MaestroError `stream.item_invalid`.
   */
  async item(stream: string, input: StreamItemInput): Promise<void> {
    const item = readStreamItem(input, stream, this.runtime.clock.nowMs());
    await this.runtime.topics.tellTopic(
      { tenant: this.ref.tenant, kind: 'stream', name: stream, shard: 0 },
      {
        kind: 'publish',
        items: [{ id: item.id, item: item as unknown as Record<string, JsonValue> }],
      },
    );
    await this.runtime.idle();
    await this.#refresh();
  }

  /** Waits until no detached step runs. One that threw is tried again when the clock has moved on: {@link advance}. */
  async runSteps(): Promise<void> {
    await this.runtime.runSteps();
    await this.#refresh();
  }

  /** The whole state, as an operator would see it. */
  get continuation(): ContinuationState {
    if (!this.#state) throw new TypeError('call start() first');
    return this.#state;
  }

  get status(): ContinuationState['status'] {
    return this.continuation.status;
  }

  /** The recipe's own state. */
  get state(): JsonValue {
    return this.continuation.recipeState;
  }

  /** Every event so far, in order. */
  get events(): readonly ContinuationEvent[] {
    return this.#events;
  }

  /** What ends the sleep; null while the continuation does not sleep. */
  get waitingFor(): WakeCondition | null {
    return this.continuation.wait?.condition ?? null;
  }

  /** What the continuation completed with; undefined before it has. */
  get result(): JsonValue | undefined {
    return this.continuation.result?.value;
  }

  /** Why the continuation failed; null unless it has. */
  get failure(): { readonly code: string; readonly message: string } | null {
    return this.continuation.failure;
  }

  async #send(command: Parameters<MemoryRuntime['continuations']['send']>[1]): Promise<void> {
    await this.runtime.continuations.send(this.ref, command);
    await this.runtime.idle();
    await this.#refresh();
  }

  /** Reads the log, and checks it on the way. */
  async #refresh(): Promise<void> {
    const verifier = new LogVerifier(this.ref);
    const events: ContinuationEvent[] = [];
    for (;;) {
      const rows = await this.runtime.store.readRange(this.ref, events.length + 1, PAGE);
      for (const row of rows) {
        const stored = parseStoredEvent(row);
        const fault = verifier.add(stored);
        if (fault) throw new MaestroError('log.corrupt', fault.message);
        events.push(upcast(stored));
      }
      if (rows.length < PAGE) break;
    }
    this.#events = events;
    this.#state = verifier.state ?? null;
  }
}

/**
 * Sets a recipe up for a test without Dapr. Nothing runs before {@link RecipeTest.start}.
 *
 * @example
 * const test = testRecipe(countdown, { parameters: { n: 2, everyMs: 1000 } });
 * await test.start();
 * await test.advance(1000);
 * expect(test.result).toEqual({ ticks: 2 });
 */
export function testRecipe(recipe: Recipe, options: TestRecipeOptions = {}): RecipeTest {
  return new RecipeTest(recipe, options);
}
