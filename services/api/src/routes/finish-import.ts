import { FinishImportRequest, type FinishImportAnswer } from '@maestro/client/protocol';
import {
  isFinished,
  MaestroError,
  parseStoredEvent,
  type ContinuationRef,
  type ContinuationState,
} from '@maestro/core';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { checkCopy } from '../import/check-copy.ts';
import { invalidImport } from '../import/check-rows.ts';
import { readBack } from '../import/read-back.ts';
import { readState } from '../view/read-state.ts';

/** `POST /continuations/{id}/import/finish`. */
export function finishImport({ store, recipes, log }: ApiParts): Route {
  return defineRoute({
    method: 'post',
    path: '/continuations/:id/import/finish',
    operationId: 'finishImport',
    summary: 'Bring a continuation into being whose rows have all been imported',
    description:
      'Reads the whole log back, verifies and folds it, and stores the head. A log that does not end sealed or finished is refused, unless it is a copy: the id has to be the one that is derived from `copyOf`. What was sealed stays so: give it the signal `unseal` to let it go on.',
    audit: 'before',
    body: {
      schema: FinishImportRequest,
      name: 'FinishImportRequest',
      example: { sequence: 5, hash: 'a'.repeat(64) },
    },
    answers: {
      200: {
        description: 'It is here; `changed` is false when it was before',
        schema: 'FinishImportAnswer',
        example: { changed: true, status: 'paused', sequence: 5, sealed: true },
      },
    },
    errors: [
      'import.invalid',
      'import.conflict',
      'recipe.unknown',
      'log.corrupt',
      'commit.outcome_unknown',
      'sidecar.unavailable',
    ],
    handle: async ({ principal, id, body }) => {
      const ref = { tenant: principal.tenant, id };
      if (body.copyOf) checkCopy(ref, body.copyOf);
      if ((await store.readHead(ref)) === undefined) {
        const verifier = await readBack(store, ref, body);
        const { state, head } = verifier;
        if (!state || head === undefined) throw invalidImport(1, 'a payload was erased');
        if (!body.copyOf) checkClosed(state);
        // Nothing is brought here that could not go on here.
        if (!isFinished(state.status)) recipes.get(state.goal.recipe);
        const result = await store.restore({ ref, from: body.sequence + 1, entries: [], head });
        if (result !== 'conflict') {
          log.info({ ...ref, sequence: state.sequence, hash: state.hash }, 'imported');
          return { status: 200, body: answerOf(state, result === 'restored') };
        }
      }
      return { status: 200, body: answerOf(await alreadyHere(ref, body), false) };
    },
  });

  /** The continuation as it is here, if it began with what was imported. */
  async function alreadyHere(
    ref: ContinuationRef,
    { sequence, hash }: FinishImportRequest,
  ): Promise<ContinuationState> {
    const state = await readState(store, ref);
    const row = await store.readEntry(ref, sequence);
    if (row === undefined || state.sequence < sequence || parseStoredEvent(row).hash !== hash) {
      throw new MaestroError('import.conflict', `another continuation ${ref.id} lives here`);
    }
    return state;
  }
}

function checkClosed(state: ContinuationState): void {
  if (state.sealed || isFinished(state.status)) return;
  throw invalidImport(
    state.sequence,
    'the log does not end sealed or finished, so it may go on elsewhere: seal it, or import a copy',
  );
}

function answerOf(state: ContinuationState, changed: boolean): FinishImportAnswer {
  const { status, sequence, sealed } = state;
  return { changed, status, sequence, sealed: sealed !== undefined };
}
