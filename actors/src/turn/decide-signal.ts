import {
  awaitsSignal,
  canonicalJson,
  checkAnswer,
  isFinished,
  isOperatorSignal,
  MaestroError,
  redact,
  redactJsonTexts,
  remindersOf,
  Redirection,
  sha256Hex,
  singleConditions,
  type ContinuationState,
  type ErrorDetail,
  type JsonValue,
  type SingleWakeCondition,
} from '@maestro/core';
import type { z } from 'zod';
import { interrupted } from './advance.ts';
import type { CommandOf } from './command.ts';
import type { DecideContext, Decision } from './decision.ts';
import { goOn } from './go-on.ts';
import { beginTick, goOnWith, othersOf, unsubscribed } from './tick.ts';
import { TurnDraft } from './turn-draft.ts';
import { unflagged } from './unflagged.ts';
import { skippedMs } from './virtual-time.ts';

/** Control signals that were ordinary names once: a sleep may wait for them. */
const NEWER: ReadonlySet<string> = new Set(['skip', 'redirect']);

/** Decides a signal: a control signal at any time, another one only while the continuation waits for it. */
export function decideSignal(
  state: ContinuationState,
  given: CommandOf<'signal'>,
  context: DecideContext,
): Decision {
  // Before anything is made of it: the hash of a short payload could be guessed.
  const command = { ...given, payload: redactJsonTexts(given.payload, context.texts) };
  const draft = new TurnDraft(state, context);
  const answer = (changed: boolean): Decision => ({
    events: draft.events,
    blobs: draft.blobs,
    reply: {
      kind: 'signalled',
      changed,
      status: draft.state.status,
      sequence: draft.state.sequence,
    },
  });
  const requestHash = signalHash({ ...command, payload: hashable(command, state, context) });
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
  if (state.sealed && !isOperatorSignal(command.signal)) {
    throw new MaestroError(
      'continuation.sealed',
      `${state.id} was sealed at ${state.sealed.since} and takes only 'unseal' here`,
    );
  }
  const take = (payload: JsonValue | undefined = command.payload): void => {
    draft.add({
      type: 'human_signal',
      payload: {
        signal: command.signal,
        requestId: command.requestId,
        requestHash,
        by: command.by,
        ...(command.note === undefined ? {} : { note: command.note }),
        ...(payload === undefined ? {} : { payload }),
      },
    });
  };
  // A name that the sleep waits for is the sleep's, but for those that every continuation always took.
  const awaited = awaitsSignal(state.wait?.condition, command.signal);
  switch (awaited && NEWER.has(command.signal) ? 'awaited' : command.signal) {
    case 'kill':
      take();
      draft.add({ type: 'kill', payload: { reason: 'requested', ...unsubscribed(state) } });
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
    case 'skip':
      // The turn's clock has been put forward already: what is due by then is due now.
      checkSkip(state, command, context);
      take();
      goOn(draft, context);
      return answer(true);
    case 'redirect':
      take(redirection(state, command, context));
      return answer(true);
    case 'seal':
      if (state.sealed) return answer(false);
      // What runs here must not go on while the other store runs it again.
      if (state.activity?.kind === 'running') draft.add(interrupted(state.activity));
      take();
      return answer(true);
    case 'unseal':
      if (!state.sealed) return answer(false);
      take();
      goOn(draft, context);
      return answer(true);
    default:
      return awaitedSignal(draft, command, context, take, answer);
  }
}

/** Each place that is wrong. */
function wrong(at: string, error: z.ZodError | undefined): ErrorDetail[] {
  return (error?.issues ?? []).map(({ path, message }) => ({
    at: [at, ...path.map(String)].join('/'),
    message,
  }));
}

/** The change of a goal as the log may hold it. @throws MaestroError `signal.payload_invalid` when it does not fit. */
function redirection(
  state: ContinuationState,
  { payload }: CommandOf<'signal'>,
  { recipes }: DecideContext,
): JsonValue {
  const read = Redirection.safeParse(payload);
  const details = read.success
    ? read.data.parameters === undefined
      ? []
      : wrong(
          '/payload/parameters',
          recipes.get(state.goal.recipe).parameters.safeParse(read.data.parameters).error,
        )
    : wrong('/payload', read.error);
  if (read.success && details.length === 0) {
    const { parameters } = read.data;
    const { parameters: schema } = recipes.get(state.goal.recipe);
    return {
      ...read.data,
      ...(parameters === undefined ? {} : { parameters: redact(schema, parameters) }),
    } as JsonValue;
  }
  throw new MaestroError('signal.payload_invalid', `this does not redirect ${state.id}`, {
    details,
  });
}

/** @throws MaestroError `signal.unknown` where time cannot be skipped. */
function checkSkip(
  state: ContinuationState,
  command: CommandOf<'signal'>,
  { virtualClock }: DecideContext,
): void {
  if (virtualClock !== true) {
    throw new MaestroError('signal.unknown', 'time is skipped in development alone');
  }
  if (skippedMs(command, state) > 0) return;
  throw new MaestroError('signal.payload_invalid', "'skip' takes {ms}, from 1 to ten years");
}

/** A payload without what the recipe's schema marks as personal data in the parameters that it changes. */
function hashable(
  { signal, payload }: CommandOf<'signal'>,
  { goal }: ContinuationState,
  { recipes }: DecideContext,
): CommandOf<'signal'>['payload'] {
  const read = signal === 'redirect' ? Redirection.safeParse(payload) : undefined;
  if (read?.data?.parameters === undefined) return payload;
  const parameters = unflagged(recipes, goal.recipe, read.data.parameters);
  return { ...read.data, parameters } as JsonValue;
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

type HumanCondition = Extract<SingleWakeCondition, { kind: 'human' }>;

/** Who may give a signal by now; nobody in particular: anybody. */
function rolesOf(
  { signal, roles = [] }: HumanCondition,
  wait: ContinuationState['wait'],
): readonly string[] {
  if (roles.length === 0 || !wait) return roles;
  const reminded = remindersOf(wait.condition).slice(0, wait.reminded ?? 0);
  const escalated = reminded.filter(({ condition }) => condition.signal === signal);
  return [...roles, ...escalated.flatMap((reminder) => reminder.roles)];
}

/** Refuses who may not give a signal, what comes too late, and what does not fit. */
function checkAwaited(
  { id, wait }: ContinuationState,
  awaited: HumanCondition,
  { roles: given = [], payload }: CommandOf<'signal'>,
  nowMs: number,
): void {
  const { signal, timeout, schema } = awaited;
  const roles = rolesOf(awaited, wait);
  if (roles.length > 0 && !roles.some((role) => given.includes(role))) {
    throw new MaestroError(
      'signal.forbidden',
      `'${signal}' of ${id} takes one of the roles ${roles.join(', ')}`,
    );
  }
  if (timeout !== undefined && Date.parse(timeout) <= nowMs) {
    throw new MaestroError('signal.too_late', `${id} waited for '${signal}' until ${timeout}`);
  }
  if (schema) checkAnswer(signal, schema, payload);
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
    (condition): condition is HumanCondition =>
      condition.kind === 'human' && condition.signal === command.signal,
  );
  if (!state.wait || !awaited) {
    const names = conditions.flatMap((condition) =>
      condition.kind === 'human' ? [condition.signal] : [],
    );
    throw new MaestroError(
      'signal.unknown',
      `${state.id} does not wait for '${command.signal}'; it takes ${['kill', 'pause', 'resume', 'redirect', ...names].join(', ')}`,
    );
  }
  if (state.paused) {
    throw new MaestroError('continuation.paused', `${state.id} is paused; resume it first`);
  }
  checkAwaited(state, awaited, command, context.nowMs);
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
