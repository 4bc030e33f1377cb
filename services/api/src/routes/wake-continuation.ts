import type { Reply } from '@maestro/actors';
import type { WakeAnswer } from '@maestro/client/protocol';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { notFound } from '../view/read-state.ts';

/** `POST /continuations/{id}/wake`. */
export function wakeContinuation({ continuations }: ApiParts): Route {
  return defineRoute({
    method: 'post',
    path: '/continuations/:id/wake',
    operationId: 'wakeContinuation',
    summary: 'Let a continuation look whether anything is due, and arm its reminder anew',
    description:
      'For operators whose scheduler has lost its data. It does what is overdue and nothing else, so it may be sent at any time.',
    audit: 'none',
    answers: {
      200: {
        description: 'It has looked, and its reminder is armed',
        schema: 'WakeAnswer',
        example: { woken: true },
      },
    },
    errors: [
      'continuation.not_found',
      'recipe.unknown',
      'host.draining',
      'commit.conflict',
      'commit.outcome_unknown',
      'sidecar.unavailable',
    ],
    handle: async ({ principal, id }) => {
      const ref = { tenant: principal.tenant, id };
      const { found } = await continuations.send<Extract<Reply, { kind: 'woken' }>>(ref, {
        kind: 'wake',
        rearm: true,
      });
      if (!found) throw notFound(ref);
      return { status: 200, body: { woken: true } satisfies WakeAnswer };
    },
  });
}
