import {
  canonicalJson,
  isFinished,
  isOperatorSignal,
  MaestroError,
  sha256Hex,
  singleConditions,
  type ContinuationState,
} from '@maestro/core';
import { interrupted } from './advance.ts';
import type { CommandOf } from './command.ts';
import type { DecideContext, Decision } from './decision.ts';
import { beginTick, goOn, goOnWith, othersOf } from './go-on.ts';
import { TurnDraft } from './turn-draft.ts';

/** Decides a signal: a control signal at any time, another one only while the continuation waits for it. */
export function decideSignal(
  state: ContinuationState,
  command: CommandOf<'signal'>,
  context: DecideContext,
): Decision {
  const draft = new TurnDraft(state, context.nowMs);
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
  if (state.sealed && !isOperatorSignal(command.signal)) {
    throw new MaestroError(
      'continuation.sealed',
      `${state.id} was sealed at ${state.sealed.since} and takes only 'unseal' here`,
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
