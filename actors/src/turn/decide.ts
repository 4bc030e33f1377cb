import {
  canonicalJson,
  DEFAULT_CAP_MICRO_USD,
  isFinished,
  MaestroError,
  newBudget,
  readRecipeState,
  redact,
  rootLineage,
  sha256Hex,
  shortened,
  singleConditions,
  type ContinuationState,
  type EventDraft,
  type RecipeRegistry,
  type SingleWakeCondition,
  type WakeCause,
} from '@maestro/core';
import {
  advance,
  failFinally,
  finishStep,
  MAX_MESSAGE_LENGTH,
  replaceLostAttempt,
} from './advance.ts';
import type { Command, CommandOf, Reply } from './command.ts';
import { TurnDraft } from './turn-draft.ts';

/** Everything that a decision may know besides state and command. */
export interface DecideContext {
  readonly id: string;
  readonly nowMs: number;
  readonly recipes: RecipeRegistry;
  /** Whether the running step's lease has ended: its time is over and it does not run on this host. */
  readonly leaseEnded: boolean;
  /** True while the host shuts down: it starts no detached step. */
  readonly draining: boolean;
}

/** What a turn writes and answers. */
export interface Decision {
  readonly events: readonly EventDraft[];
  readonly reply: Reply;
}

/**
 * Decides a turn: pure and synchronous, so it can be tested without Dapr and repeated after a lost commit.
 *
 * @throws MaestroError when the command is refused; nothing is written then.
 */
export function decide(
  state: ContinuationState | null,
  command: Command,
  context: DecideContext,
): Decision {
  if (command.kind === 'spawn') return spawn(state, command, context);
  if (!state) {
    if (command.kind === 'wake') return { events: [], reply: { kind: 'woken', found: false } };
    throw new MaestroError('continuation.not_found', `there is no continuation ${context.id}`);
  }
  switch (command.kind) {
    case 'wake':
      return wake(state, context);
    case 'signal':
      return signal(state, command, context);
    case 'finish-step':
      return stepEnded(state, command, context);
    case 'heartbeat': {
      const current =
        state.activity?.kind === 'running' &&
        state.activity.stepId === command.stepId &&
        state.activity.attempt === command.attempt;
      return { events: [], reply: { kind: 'lease', answer: current ? 'continue' : 'abort' } };
    }
  }
}

function spawn(
  state: ContinuationState | null,
  command: CommandOf<'spawn'>,
  context: DecideContext,
): Decision {
  const { id, nowMs, recipes } = context;
  const reply = (now: ContinuationState, created: boolean): Reply => ({
    kind: 'spawned',
    created,
    id,
    status: now.status,
    sequence: now.sequence,
  });
  if (state) {
    if (state.requestHash !== command.requestHash) {
      throw new MaestroError('idempotency.conflict', `${id} was started by another request`);
    }
    return { events: [], reply: reply(state, false) };
  }
  const recipe = recipes.get(command.goal.recipe);
  const parameters = recipe.parameters.safeParse(command.goal.parameters);
  if (!parameters.success) {
    throw new MaestroError(
      'recipe.parameters_invalid',
      `the parameters do not fit ${recipe.reference}`,
      {
        details: parameters.error.issues.map((issue) => ({
          at: `/goal/parameters/${issue.path.map(String).join('/')}`,
          message: issue.message,
        })),
      },
    );
  }
  const start = recipe.start(parameters.data);
  const draft = new TurnDraft(null, nowMs);
  draft.add({
    type: 'spawn',
    payload: {
      goal: {
        ...command.goal,
        parameters: redact(
          recipe.parameters,
          command.goal.parameters,
        ) as typeof command.goal.parameters,
      },
      budget: command.budget ?? newBudget(DEFAULT_CAP_MICRO_USD),
      lineage: rootLineage(id),
      requestedBy: command.requestedBy,
      requestHash: command.requestHash,
      firstStep: start.step,
      recipeState: readRecipeState(recipe, start.state),
    },
  });
  beginTick(draft, { kind: 'spawn', causeId: `spawn:${id}` }, 0, []);
  advance(draft, recipe, context);
  return { events: draft.events, reply: reply(draft.state, true) };
}

function wake(state: ContinuationState, context: DecideContext): Decision {
  const draft = new TurnDraft(state, context.nowMs);
  goOn(draft, context);
  if (context.draining && draft.events.length === 0 && canGoOn(state, context.nowMs)) {
    // Refused, so that it comes again: by then the actor may live on a host that starts the step.
    throw new MaestroError('host.draining', `${state.id} has a step to start on another host`);
  }
  return { events: draft.events, reply: { kind: 'woken', found: true } };
}

/** Whether a step only waits for being started. */
function canGoOn({ activity, paused }: ContinuationState, nowMs: number): boolean {
  if (paused || !activity) return false;
  return (
    activity.kind === 'next' || (activity.kind === 'retry' && Date.parse(activity.at) <= nowMs)
  );
}

/** Does whatever is due by the clock. */
function goOn(draft: TurnDraft, context: DecideContext): void {
  const { nowMs, leaseEnded } = context;
  const { state } = draft;
  if (isFinished(state.status)) return;
  const { activity, wait } = state;
  if (activity?.kind === 'running') {
    if (leaseEnded) replaceLostAttempt(draft);
    return;
  }
  if (state.paused) return;
  const due = wait ? dueCondition(singleConditions(wait.condition), nowMs) : undefined;
  if (wait && due)
    beginTick(
      draft,
      clockCause(due, wait.waitId),
      nowMs - Date.parse(due.at),
      othersOf(wait.condition, due.condition),
    );
  goOnWith(draft, context);
}

function goOnWith(draft: TurnDraft, context: DecideContext): void {
  // A recipe that this host does not know makes the turn fail: the wake is delivered again, to a host that may.
  if (draft.state.activity) {
    advance(draft, context.recipes.get(draft.state.goal.recipe), context);
  }
}

interface DueCondition {
  readonly condition: SingleWakeCondition;
  readonly at: string;
}

function dueCondition(
  conditions: readonly SingleWakeCondition[],
  nowMs: number,
): DueCondition | undefined {
  return conditions
    .flatMap((condition): DueCondition[] => {
      if (condition.kind === 'timer') return [{ condition, at: condition.at }];
      return condition.kind === 'human' && condition.timeout
        ? [{ condition, at: condition.timeout }]
        : [];
    })
    .filter(({ at }) => Date.parse(at) <= nowMs)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))[0];
}

function clockCause({ condition, at }: DueCondition, waitId: number): WakeCause {
  return condition.kind === 'human'
    ? { kind: 'timeout', causeId: `timeout:${waitId}`, at, signal: condition.signal }
    : { kind: 'timer', causeId: `timer:${waitId}`, at };
}

function othersOf(
  condition: Parameters<typeof singleConditions>[0],
  fired: SingleWakeCondition,
): string[] {
  return singleConditions(condition)
    .filter((single) => single !== fired)
    .map((single) => (single.kind === 'human' ? `human:${single.signal}` : single.kind));
}

function beginTick(
  draft: TurnDraft,
  cause: WakeCause,
  lateMs: number,
  pending: readonly string[],
): void {
  const { wait, tick } = draft.state;
  draft.add({
    type: 'wake',
    payload: {
      cause,
      waitId: wait?.waitId ?? null,
      tick: tick + 1,
      lateMs: Math.max(0, Math.round(lateMs)),
      pending: [...pending],
    },
  });
}

function signal(
  state: ContinuationState,
  command: CommandOf<'signal'>,
  context: DecideContext,
): Decision {
  const draft = new TurnDraft(state, context.nowMs);
  const answer = (changed: boolean): Decision => ({
    events: draft.events,
    reply: {
      kind: 'signalled',
      changed,
      status: draft.state.status,
      sequence: draft.state.sequence,
    },
  });
  const requestHash = signalHash(command);
  const before = state.requests.find((request) => request.id === command.requestId);
  if (before?.hash === requestHash) return answer(false);
  if (before) {
    throw new MaestroError(
      'idempotency.conflict',
      `${state.id} took another signal as ${command.requestId}; use a new key`,
    );
  }
  if (isFinished(state.status)) {
    throw new MaestroError(
      'continuation.finished',
      `${state.id} is ${state.status} and takes no signals`,
    );
  }
  const take = (): void => {
    draft.add({
      type: 'human_signal',
      payload: {
        signal: command.signal,
        requestId: command.requestId,
        requestHash,
        by: command.by,
        ...(command.note === undefined ? {} : { note: command.note }),
        ...(command.payload === undefined ? {} : { payload: command.payload }),
      },
    });
  };
  switch (command.signal) {
    case 'kill':
      take();
      draft.add({ type: 'kill', payload: { reason: 'requested' } });
      return answer(true);
    case 'pause':
      if (state.paused) return answer(false);
      take();
      return answer(true);
    case 'resume':
      if (!state.paused) return answer(false);
      take();
      goOn(draft, context);
      return answer(true);
    default:
      return awaitedSignal(draft, command, context, take, answer);
  }
}

/** Names what a signal says; a note is not part of it, because its hash could be guessed. */
function signalHash({ signal: name, payload }: CommandOf<'signal'>): string {
  try {
    return sha256Hex(canonicalJson({ signal: name, payload }));
  } catch (error) {
    throw new MaestroError('request.invalid', 'the payload has no canonical JSON form', {
      cause: error,
    });
  }
}

function awaitedSignal(
  draft: TurnDraft,
  command: CommandOf<'signal'>,
  context: DecideContext,
  take: () => void,
  answer: (changed: boolean) => Decision,
): Decision {
  const { state } = draft;
  const conditions = state.wait ? singleConditions(state.wait.condition) : [];
  const awaited = conditions.find(
    (condition) => condition.kind === 'human' && condition.signal === command.signal,
  );
  if (!state.wait || !awaited) {
    const names = conditions.flatMap((condition) =>
      condition.kind === 'human' ? [condition.signal] : [],
    );
    throw new MaestroError(
      'signal.unknown',
      `${state.id} does not wait for '${command.signal}'; it takes ${['kill', 'pause', 'resume', ...names].join(', ')}`,
    );
  }
  if (state.paused) {
    throw new MaestroError('continuation.paused', `${state.id} is paused; resume it first`);
  }
  const pending = othersOf(state.wait.condition, awaited);
  take();
  beginTick(
    draft,
    { kind: 'human', causeId: `human:${command.requestId}`, signal: command.signal },
    0,
    pending,
  );
  goOnWith(draft, context);
  return answer(true);
}

function stepEnded(
  state: ContinuationState,
  command: CommandOf<'finish-step'>,
  context: DecideContext,
): Decision {
  const draft = new TurnDraft(state, context.nowMs);
  const answer = (accepted: boolean): Decision => ({
    events: draft.events,
    reply: { kind: 'step', accepted },
  });
  const { activity } = state;
  const { stepId, attempt, result } = command;
  if ((activity?.kind !== 'running' && activity?.kind !== 'retry') || activity.stepId !== stepId) {
    return answer(false);
  }
  const run = { step: activity.step, stepId, attempt };
  if (result.kind === 'returned') {
    const recipe = context.recipes.get(state.goal.recipe);
    try {
      finishStep(draft, recipe, run, result.outcome, context.nowMs);
    } catch (error) {
      failFinally(draft, error, stepId);
      return answer(true);
    }
    advance(draft, recipe, context);
    return answer(true);
  }
  // Only the attempt that is under way can fail; what an older one says is of no interest.
  if (activity.kind !== 'running' || activity.attempt !== attempt) return answer(false);
  if (result.kind === 'interrupted') {
    draft.add({
      type: 'step',
      payload: { phase: 'finished', ...run, outcome: { kind: 'interrupted' } },
    });
    goOnWith(draft, context);
    return answer(true);
  }
  const step = context.recipes.get(state.goal.recipe).steps[run.step];
  const limits = step && !step.inline ? step : undefined;
  const maxAttempts = limits?.maxAttempts ?? 3;
  const firstMs = limits?.backoffMs ?? 1000;
  const final = !result.retryable || attempt >= maxAttempts;
  const backoffMs = Math.min(firstMs * 2 ** (attempt - 1), 3_600_000);
  draft.add({
    type: 'error',
    payload: {
      code: result.code ?? 'step.failed',
      message: shortened(result.message, MAX_MESSAGE_LENGTH),
      final,
      stepId,
      attempt,
      ...(final ? {} : { retryAt: new Date(context.nowMs + backoffMs).toISOString() }),
    },
  });
  return answer(true);
}
