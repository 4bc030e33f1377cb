import {
  canonicalJson,
  deriveChildId,
  MaestroError,
  redactJsonTexts,
  sha256Hex,
  type ContinuationState,
} from '@maestro/core';
import type { CommandOf } from './command.ts';
import type { DecideContext, Decision } from './decision.ts';
import { unflagged } from './unflagged.ts';
import { forkByRequest } from './fork.ts';
import { TurnDraft } from './turn-draft.ts';

/** Decides a fork that somebody asked for: from now, or from an earlier event. Also one that has ended can be forked. */
export function decideFork(
  state: ContinuationState,
  given: CommandOf<'fork'>,
  context: DecideContext,
): Decision {
  const command = { ...given, children: redactJsonTexts(given.children, context.texts) };
  const children = command.children.map(({ parameters, ...child }) => ({
    ...child,
    ...(parameters && {
      parameters: unflagged(context.recipes, state.goal.recipe, parameters),
    }),
  }));
  const requestHash = sha256Hex(canonicalJson({ from: command.from, children }));
  const before = state.requests.find(({ id }) => id === command.requestId);
  if (before && (before.hash !== requestHash || !before.fork)) {
    throw new MaestroError(
      'idempotency.conflict',
      `${state.id} took another request as ${command.requestId}; use a new key`,
    );
  }
  if (before?.fork) return answer(state, before.fork, false);
  const from = command.from ?? state.sequence;
  const past = from === state.sequence ? state : context.past;
  if (past?.sequence !== from) {
    throw new MaestroError(
      'fork.event_missing',
      `${state.id} has no event ${from}; its last is ${state.sequence}`,
    );
  }
  const draft = new TurnDraft(state, context);
  draft.add(forkByRequest(state, past, command, requestHash, context));
  const fork = { sequence: state.sequence + 1, children: command.children.length };
  return { ...answer(state, fork, true), events: draft.events };
}

function answer(
  state: ContinuationState,
  fork: { readonly sequence: number; readonly children: number },
  changed: boolean,
): Decision {
  const ids = Array.from({ length: fork.children }, (_, index) =>
    deriveChildId(state, fork.sequence, index),
  );
  return {
    events: [],
    reply: { kind: 'forked', changed, sequence: fork.sequence, children: ids },
  };
}
