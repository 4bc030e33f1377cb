import {
  MAX_VALUE_BYTES,
  MaestroError,
  wellFormedJson,
  type Clock,
  type ContinuationState,
  type ErrorCode,
  type Observability,
  type RecipeRegistry,
  traceparentOf,
} from '@maestro/core';
import type { TurnLog } from '../observability/turn-log.ts';
import type { TurnTracer } from '../observability/turn-tracer.ts';
import type { Activation } from '../turn/activation.ts';
import { MAX_MESSAGE_LENGTH, stepContextOf } from '../turn/advance.ts';
import type { CommandOf } from '../turn/command.ts';
import type { CrashHook } from '../turn/crash-points.ts';
import type { StepGateway } from './step-gateway.ts';

/** Times of a running step, in ms. */
export interface StepTimes {
  /** Between two heartbeats. */
  readonly heartbeatMs: number;
  /** Without *continue* for this long, the attempt aborts itself: somebody else may be running the next one. */
  readonly abortAfterMs: number;
}

export const DEFAULT_STEP_TIMES: StepTimes = { heartbeatMs: 10_000, abortAfterMs: 25_000 };

/** Refusals of a result that would be refused again, however often it is handed in. */
const REFUSED_FOR_GOOD: ReadonlySet<ErrorCode> = new Set([
  'request.invalid',
  'request.too_large',
  'event.too_large',
  'step.outcome_invalid',
  'wake.too_far',
]);

type StepResult = CommandOf<'finish-step'>['result'];

/** Which attempt of which step. */
interface Attempt {
  readonly stepId: string;
  readonly attempt: number;
}

interface Run extends Attempt {
  readonly tenant: string;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
  /** Whether it has ended and its result is being handed in. */
  reporting: boolean;
  /** Aborted once nothing but the end of a freeze lets its result be taken. */
  readonly frozen: AbortController;
}

/** Runs detached steps on this host, outside of any turn, and reports how they end. */
export class StepRunner {
  readonly #runs = new Map<string, Run>();
  readonly #gateway: StepGateway;
  readonly #recipes: RecipeRegistry;
  readonly #observability: Observability;
  readonly #crash: CrashHook;
  readonly #log: TurnLog;
  readonly #clock: Clock;
  readonly #tracer: TurnTracer | undefined;
  readonly #times: StepTimes;

  constructor(options: {
    readonly gateway: StepGateway;
    readonly recipes: RecipeRegistry;
    readonly observability: Observability;
    readonly crash: CrashHook;
    readonly log: TurnLog;
    readonly clock: Clock;
    readonly tracer?: TurnTracer | undefined;
    readonly times?: StepTimes;
  }) {
    this.#gateway = options.gateway;
    this.#recipes = options.recipes;
    this.#observability = options.observability;
    this.#crash = options.crash;
    this.#log = options.log;
    this.#clock = options.clock;
    this.#tracer = options.tracer;
    this.#times = options.times ?? DEFAULT_STEP_TIMES;
  }

  /** How many steps are under way here. */
  get size(): number {
    return this.#runs.size;
  }

  /** Tenants for which something is under way here. */
  get tenants(): ReadonlySet<string> {
    return new Set([...this.#runs.values()].map(({ tenant }) => tenant));
  }

  /**
   * Gives up what runs for a tenant, to be started anew as soon as the report of it is taken. What has ended keeps its
   * result, and hands it in until it is taken.
   */
  interruptTenant(tenant: string): void {
    for (const run of this.#runs.values()) {
      if (run.tenant === tenant && !run.reporting) run.abort.abort(FROZEN);
    }
  }

  /** Whether an attempt is under way on this host (or has ended and is still being reported). */
  runs(actorId: string, stepId: string, attempt: number): boolean {
    const run = this.#runs.get(actorId);
    return (
      run !== undefined &&
      run.stepId === stepId &&
      run.attempt === attempt &&
      !run.abort.signal.aborted
    );
  }

  /** Starts an attempt, unless it is under way here already. */
  start(
    activation: Activation,
    state: ContinuationState,
    which: Attempt & { readonly step: string },
  ): void {
    const { actorId } = activation;
    if (this.runs(actorId, which.stepId, which.attempt)) return;
    this.keepOnly(actorId, undefined);
    const abort = new AbortController();
    const ended = this.#run(activation, state, which, abort).finally(() => {
      if (this.#runs.get(actorId)?.abort === abort) this.#runs.delete(actorId);
    });
    const { stepId, attempt } = which;
    const { tenant } = activation.ref;
    const frozen = new AbortController();
    this.#runs.set(actorId, { tenant, stepId, attempt, abort, ended, frozen, reporting: false });
    this.#crash('step.started', actorId);
  }

  /** Aborts what runs for a continuation unless it is the attempt that should. */
  keepOnly(actorId: string, current: Attempt | undefined): void {
    const run = this.#runs.get(actorId);
    if (!run || (run.stepId === current?.stepId && run.attempt === current.attempt)) return;
    run.abort.abort(new MaestroError('commit.conflict', 'the step is no longer wanted here'));
    this.#runs.delete(actorId);
  }

  /** Resolves once nothing runs here any more but what a freeze keeps from being reported, or `withinMs` is over. */
  async idle(withinMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, withinMs);
    });
    const each = [...this.#runs.values()].map(({ ended, frozen }) =>
      Promise.race([ended, abortOf(frozen.signal)]),
    );
    await Promise.race([Promise.all(each), over]);
    clearTimeout(timer);
  }

  /** Gives up everything that runs here: each attempt is reported as interrupted, so that a successor starts it anew. */
  async interruptAll(withinMs: number): Promise<void> {
    for (const { abort } of this.#runs.values()) abort.abort(INTERRUPTED);
    await this.idle(withinMs);
  }

  async #run(
    activation: Activation,
    state: ContinuationState,
    which: Attempt & { readonly step: string },
    abort: AbortController,
  ): Promise<void> {
    const { ref, actorId } = activation;
    const { step, stepId, attempt } = which;
    const startMs = this.#clock.nowMs();
    const stopHeartbeat = this.#heartbeat(ref, stepId, attempt, abort);
    let result: StepResult;
    try {
      const recipe = this.#recipes.get(state.goal.recipe);
      const definition = recipe.steps[step];
      if (!definition || definition.inline)
        throw new MaestroError('step.outcome_invalid', `no detached step '${step}'`);
      const context = stepContextOf(recipe, state, stepId, this.#clock.nowMs());
      const outcome = await untilAborted(
        definition.run(
          { ...context, attempt, abort: abort.signal },
          recipe.state.parse(state.recipeState),
        ),
        abort.signal,
      );
      result = returned(outcome);
    } catch (error) {
      result = threw(error);
    }
    stopHeartbeat();
    const run = this.#runs.get(actorId);
    if (run?.abort === abort) run.reporting = true;
    this.#crash('step.finished', actorId);
    const lost = abort.signal.aborted && !GIVEN_UP.has(abort.signal.reason);
    if (abort.signal.aborted && !lost) result = { kind: 'interrupted' };
    this.#tracer?.attempted(activation, state, which, {
      startMs,
      outcome: lost ? 'aborted' : result.kind,
      ...(result.kind === 'threw' && !lost ? { error: result.code ?? '_OTHER' } : {}),
    });
    if (lost) {
      this.#observability.count('maestro_step_attempts_total', { result: 'aborted' });
      return;
    }
    this.#observability.count('maestro_step_attempts_total', { result: result.kind });
    const traceparent = traceparentOf(state.trace.traceId, state.commit);
    await this.#report(
      ref,
      { kind: 'finish-step', stepId, attempt, result, traceparent },
      abort.signal,
      () => run?.frozen.abort(),
    );
    this.#crash('step.reported', actorId);
  }

  /** Hands the result in until it is taken; gives up when the attempt is aborted: the lease then has it run again. */
  async #report(
    ref: Activation['ref'],
    command: CommandOf<'finish-step'>,
    aborted: AbortSignal,
    frozen: () => void,
  ): Promise<void> {
    const interrupted = command.result.kind === 'interrupted';
    let current = command;
    for (let delayMs = 100, tries = 0; ; tries++) {
      try {
        await this.#gateway.finish(ref, current);
        return;
      } catch (error) {
        this.#log.stepNotReported(ref, command.stepId, error);
        if (error instanceof MaestroError && error.code === 'tenant.frozen') {
          // Until the thaw; a host that shuts down does not wait for that, and leaves it to the lease.
          if (aborted.aborted && !interrupted) return;
          frozen();
          await pause(this.#times.heartbeatMs / 5);
          tries = 0;
          continue;
        }
        if (interrupted ? tries > 20 : aborted.aborted) return;
        if (
          current.result.kind === 'returned' &&
          error instanceof MaestroError &&
          REFUSED_FOR_GOOD.has(error.code)
        ) {
          current = { ...current, result: threw(error) };
          continue;
        }
        // Asking again would not help: the lease has the step run again, on a host that may know better.
        if (error instanceof MaestroError && !error.retryable) return;
        await pause(delayMs);
        delayMs = Math.min(delayMs * 2, 5_000);
      }
    }
  }

  #heartbeat(
    ref: Activation['ref'],
    stepId: string,
    attempt: number,
    abort: AbortController,
  ): () => void {
    const giveUp = setTimeout(() => {
      abort.abort(new MaestroError('sidecar.unavailable', 'the continuation could not be reached'));
    }, this.#times.abortAfterMs);
    const beat = setInterval(() => {
      void this.#gateway.heartbeat(ref, stepId, attempt).then(
        (answer) => {
          if (answer === 'continue') giveUp.refresh();
          else
            abort.abort(
              new MaestroError('commit.conflict', 'another attempt or host has taken over'),
            );
        },
        () => undefined,
      );
    }, this.#times.heartbeatMs);
    return () => {
      clearTimeout(giveUp);
      clearInterval(beat);
    };
  }
}

/**
 * What a step returned, as it goes over the wire.
 *
 * @throws MaestroError `step.outcome_invalid` when it is not JSON, `event.too_large` over {@link MAX_VALUE_BYTES}.
 */
function returned(outcome: unknown): StepResult {
  let text: string;
  try {
    text = wellFormedJson(JSON.stringify(outcome) ?? 'null');
  } catch (error) {
    throw new MaestroError(
      'step.outcome_invalid',
      `the step returned something that is not JSON: ${(error as Error).message}`,
      { cause: error },
    );
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_VALUE_BYTES) {
    throw new MaestroError(
      'event.too_large',
      `the step returned ${bytes} bytes, at most ${MAX_VALUE_BYTES} can be stored`,
    );
  }
  return { kind: 'returned', outcome: JSON.parse(text) as unknown };
}

/** How a failure is reported: our own errors know whether trying again can help, of others it is hoped. */
function threw(error: unknown): StepResult {
  const message = error instanceof Error ? error.message : String(error);
  return {
    kind: 'threw',
    // Longer than what is stored: what personal data is in it is found before it is cut to that.
    message: message.slice(0, 4 * MAX_MESSAGE_LENGTH),
    retryable: error instanceof MaestroError ? error.retryable : true,
    ...(error instanceof MaestroError ? { code: error.code } : {}),
  };
}

/** Why a draining host aborts its steps. */
const INTERRUPTED = new MaestroError('host.draining', 'the host is shutting down');
const FROZEN = new MaestroError('tenant.frozen', 'the tenant was frozen');
/** Why an attempt is given up here, and reported, so that the next one can start at once. */
const GIVEN_UP: ReadonlySet<unknown> = new Set([INTERRUPTED, FROZEN]);

/** The promise's result, or a rejection as soon as the signal aborts: a step that ignores its signal must not hold anything up. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    Promise.resolve(promise)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** A pause of random length up to this, in ms. */
function pause(mostMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, mostMs * (0.5 + Math.random() / 2)));
}

/** Resolves once a signal is aborted. */
function abortOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
