import type { Reply } from '@maestro/actors';
import { ForkRequest, type ForkAnswer } from '@maestro/client/protocol';
import { microUsd } from '@maestro/core';
import { randomUUID } from 'node:crypto';
import type { ApiParts } from '../api-options.ts';
import { IDEMPOTENCY_KEY, idempotencyKeyOf } from '../http/idempotency-key.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { EXAMPLE_CHILD_ID } from './examples.ts';
import { requesterOf } from './start-continuation.ts';

/** `POST /continuations/{id}/forks`. */
export function forkContinuation({ continuations }: ApiParts): Route {
  return defineRoute({
    method: 'post',
    path: '/continuations/:id/forks',
    operationId: 'forkContinuation',
    summary: 'Make children of a continuation: copies of what it is now, or was as of an event',
    description:
      'Answers once the fork is stored for good; the children begin a moment later, asleep or in the middle of a tick as the forked one was, and from then on for themselves. What a child names counts from its next step on: a copy of a sleep waits for what the sleep waits for. Also one that has ended can be forked, from an event before its end. What the children may spend is carved out of what is left of its budget: an even share unless a child names its cap.',
    parameters: [IDEMPOTENCY_KEY],
    body: {
      schema: ForkRequest,
      name: 'ForkRequest',
      example: {
        from: 4,
        children: [{ objective: 'Try it without the second source', budget: { capUsd: 1.5 } }],
      },
    },
    answers: {
      201: {
        description: 'Forked',
        schema: 'ForkAnswer',
        example: { changed: true, sequence: 8, children: [EXAMPLE_CHILD_ID] },
      },
      200: {
        description: 'The same request had made them already',
        schema: 'ForkAnswer',
        example: { changed: false, sequence: 8, children: [EXAMPLE_CHILD_ID] },
      },
    },
    errors: [
      'continuation.not_found',
      'continuation.sealed',
      'fork.event_missing',
      'fork.event_unusable',
      'fork.too_deep',
      'fork.too_wide',
      'budget.exceeded',
      'recipe.unknown',
      'recipe.parameters_invalid',
      'idempotency.conflict',
      'event.too_large',
      'log.corrupt',
      'commit.conflict',
      'commit.outcome_unknown',
      'sidecar.unavailable',
    ],
    handle: async ({ http, traceparent, principal, id, body }) => {
      const reply = await continuations.send<Extract<Reply, { kind: 'forked' }>>(
        { tenant: principal.tenant, id },
        {
          kind: 'fork',
          requestId: idempotencyKeyOf(http) ?? randomUUID(),
          by: requesterOf(principal),
          ...(body.from === undefined ? {} : { from: body.from }),
          children: body.children.map(({ budget, ...child }) => ({
            ...child,
            ...(budget ? { budgetMicroUsd: microUsd(budget.capUsd) } : {}),
          })),
          traceparent,
        },
      );
      const { changed, sequence, children } = reply;
      const answer = { changed, sequence, children: [...children] } satisfies ForkAnswer;
      return { status: changed ? 201 : 200, body: answer };
    },
  });
}
