import { MergeRequest } from '@maestro/client/protocol';
import { canonicalJson, GoalFrame, sha256Hex } from '@maestro/core';
import type { ApiParts } from '../api-options.ts';
import { IDEMPOTENCY_KEY } from '../http/idempotency-key.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { EXAMPLE_CHILD_ID, EXAMPLE_ID } from './examples.ts';
import { budgetOf, requesterOf } from './start-continuation.ts';
import { idToStart, startAnswers, startedAnswer, type Spawned } from './started.ts';

/** What a merge runs unless it names a recipe. */
const DEFAULT_RECIPE = 'merge@1';

/** `POST /merges`. */
export function startMerge({ continuations, clock }: ApiParts): Route {
  return defineRoute({
    method: 'post',
    path: '/merges',
    operationId: 'startMerge',
    summary: 'Merge continuations into a new one',
    description:
      'The new continuation sleeps until enough of its parents have ended, or until the deadline, then merges what they came to by the function, and goes on with its recipe. It gets what is left of their budgets.',
    parameters: [IDEMPOTENCY_KEY],
    body: {
      schema: MergeRequest,
      name: 'MergeRequest',
      example: {
        parents: [EXAMPLE_ID, EXAMPLE_CHILD_ID],
        function: 'best-by-score',
        parameters: { score: '/confidence' },
        need: 1,
        deadline: '2026-09-01T00:00:00Z',
        onFailure: 'skip',
      },
    },
    answers: startAnswers('Started; it waits for its parents', 1),
    errors: [
      'continuation.not_found',
      'merge.invalid',
      'merge.function_unknown',
      'fork.too_deep',
      'recipe.unknown',
      'recipe.parameters_invalid',
      'tenant.not_allowed',
      'tenant.invalid',
      'idempotency.conflict',
      'event.too_large',
      'commit.conflict',
      'commit.outcome_unknown',
      'sidecar.unavailable',
    ],
    handle: async ({ http, traceparent, principal, body }) => {
      const { tenant } = principal;
      const id = idToStart(http, tenant, clock);
      const { goal, budget, need, ...merge } = body;
      const reply = await continuations.send<Spawned>(
        { tenant, id },
        {
          kind: 'spawn',
          goal: GoalFrame.parse({
            objective: `Merge ${body.parents.length} continuations by ${body.function}`,
            ...goal,
            recipe: goal?.recipe ?? DEFAULT_RECIPE,
          }),
          merge: { ...merge, need: need ?? body.parents.length },
          ...(budget ? { budget: budgetOf(budget) } : {}),
          requestedBy: requesterOf(principal),
          requestHash: sha256Hex(canonicalJson(body)),
          traceparent,
        },
      );
      return startedAnswer(id, reply);
    },
  });
}
