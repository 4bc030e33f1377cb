import type { Reply } from '@maestro/actors';
import { SignalRequest, type SignalAnswer } from '@maestro/client/protocol';
import { isOperatorSignal } from '@maestro/core';
import { randomUUID } from 'node:crypto';
import type { ApiParts } from '../api-options.ts';
import { IDEMPOTENCY_KEY, idempotencyKeyOf } from '../http/idempotency-key.ts';
import { checkPermission } from '../http/permissions.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { requesterOf } from './start-continuation.ts';

/** `POST /continuations/{id}/signals`. */
export function signalContinuation({ continuations }: ApiParts): Route {
  return defineRoute({
    method: 'post',
    path: '/continuations/:id/signals',
    operationId: 'signalContinuation',
    summary: 'Speak to a continuation',
    description:
      '`kill`, `pause` and `resume` are taken at any time until it has finished, also while a step runs; any other signal only while it waits for it. `redirect` changes its objective, question, constraints or parameters from the next step on. `seal` closes it so that it can be moved to another store, `unseal` opens it again: both need the role `operator` or `admin`, and in between nothing else is taken.',
    auditDetail: ({ signal }) => ({ signal }),
    parameters: [IDEMPOTENCY_KEY],
    body: {
      schema: SignalRequest,
      name: 'SignalRequest',
      example: { signal: 'go', payload: { approved: true } },
    },
    answers: {
      200: {
        description: 'Taken; `changed` is false when there was nothing to do',
        schema: 'SignalAnswer',
        example: { changed: true, status: 'completed', sequence: 8 },
      },
    },
    errors: [
      'continuation.not_found',
      'continuation.finished',
      'continuation.paused',
      'continuation.sealed',
      'signal.unknown',
      'signal.forbidden',
      'signal.too_late',
      'signal.payload_invalid',
      'recipe.unknown',
      'idempotency.conflict',
      'event.too_large',
      'commit.conflict',
      'commit.outcome_unknown',
      'sidecar.unavailable',
    ],
    handle: async ({ http, traceparent, principal, id, body }) => {
      if (isOperatorSignal(body.signal)) checkPermission(principal, 'operate');
      const reply = await continuations.send<Extract<Reply, { kind: 'signalled' }>>(
        { tenant: principal.tenant, id },
        {
          kind: 'signal',
          signal: body.signal,
          requestId: idempotencyKeyOf(http) ?? randomUUID(),
          by: requesterOf(principal),
          roles: [...principal.roles],
          ...(body.note === undefined ? {} : { note: body.note }),
          ...(body.payload === undefined ? {} : { payload: body.payload }),
          traceparent,
        },
      );
      const { changed, status, sequence } = reply;
      const answer = { changed, status: status as SignalAnswer['status'], sequence };
      return { status: 200, body: answer satisfies SignalAnswer };
    },
  });
}
