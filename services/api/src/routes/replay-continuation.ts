import { ReplayAnswer } from '@maestro/client/protocol';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { requireReadModel } from '../read-model/read-model.ts';
import { notFound } from '../view/read-state.ts';

/** `GET /continuations/{id}/replay`. */
export function replayContinuation({ readModel }: ApiParts): Route {
  return defineRoute({
    method: 'get',
    path: '/continuations/:id/replay',
    operationId: 'replayContinuation',
    summary: 'Whether the warehouse holds what the continuation is',
    description:
      'Folds the events that the warehouse holds and compares the result with the head row of the store, byte for byte; the hash chain is checked on the way. Reads the whole log.',
    answers: {
      200: {
        description: 'What came of it',
        schema: 'ReplayAnswer',
        example: { outcome: 'same', sequence: 7 } satisfies ReplayAnswer,
      },
    },
    errors: ['continuation.not_found', 'warehouse.unavailable'],
    handle: async ({ principal, id }) => {
      const ref = { tenant: principal.tenant, id };
      const replayed = await requireReadModel(readModel).replay(ref);
      if (!replayed) throw notFound(ref);
      return { status: 200, body: ReplayAnswer.parse(replayed) };
    },
  });
}
