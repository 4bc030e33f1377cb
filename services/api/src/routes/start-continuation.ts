import type { Command } from '@maestro/actors';
import { StartRequest } from '@maestro/client/protocol';
import {
  canonicalJson,
  MaestroError,
  microUsd,
  newBudget,
  sha256Hex,
  type Principal,
  type RecipeRegistry,
} from '@maestro/core';
import type { ApiParts } from '../api-options.ts';
import { IDEMPOTENCY_KEY, idempotencyKeyOf } from '../http/idempotency-key.ts';
import { invalidRequest } from '../http/invalid-request.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { EXAMPLE_GOAL } from './examples.ts';
import { idToStart, startAnswers, startedAnswer, type Spawned } from './started.ts';

/** `POST /continuations`. */
export function startContinuation({ continuations, store, recipes, clock }: ApiParts): Route {
  return defineRoute({
    method: 'post',
    path: '/continuations',
    operationId: 'startContinuation',
    summary: 'Start a continuation',
    description:
      'Answers once its first event is stored for good. With an Idempotency-Key the id is derived from tenant and key, so a repeated request finds what the first one started.',
    parameters: [IDEMPOTENCY_KEY],
    body: {
      schema: StartRequest,
      name: 'StartRequest',
      example: { goal: EXAMPLE_GOAL, budget: { capUsd: 2 } },
    },
    answers: startAnswers('Started', 4),
    errors: [
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
      const ref = { tenant, id };
      try {
        checkRecipe(recipes, body);
      } catch (error) {
        // What an earlier request has started is found again, even when its recipe is gone.
        if (idempotencyKeyOf(http) === undefined || (await store.readHead(ref)) === undefined)
          throw error;
      }
      const command = { ...startCommand(body, principal), traceparent };
      const reply = await continuations.send<Spawned>(ref, command);
      return {
        ...startedAnswer(id, reply),
        ...(reply.created ? { began: ref } : {}),
      };
    },
  });
}

/** The command that starts what a request asks for; the same request makes the same one. */
export function startCommand(
  request: StartRequest,
  principal: Pick<Principal, 'subject' | 'name'>,
): Extract<Command, { kind: 'spawn' }> {
  return {
    kind: 'spawn',
    goal: request.goal,
    ...(request.budget ? { budget: budgetOf(request.budget) } : {}),
    requestedBy: requesterOf(principal),
    requestHash: sha256Hex(canonicalJson(request)),
  };
}

/** Who asked, as the log has it. */
export function requesterOf(principal: { readonly subject: string; readonly name?: string }): {
  subject: string;
  name?: string;
} {
  const { subject, name } = principal;
  return { subject, ...(name === undefined ? {} : { name }) };
}

/** Refuses before an actor is woken what it would refuse anyway. */
function checkRecipe(recipes: RecipeRegistry, { goal }: StartRequest): void {
  const recipe = recipes.get(goal.recipe);
  const parsed = recipe.parameters.safeParse(goal.parameters);
  if (parsed.success) return;
  const { message, details } = invalidRequest(parsed.error, 'body', '/goal/parameters');
  throw new MaestroError(
    'recipe.parameters_invalid',
    `the parameters do not fit ${recipe.reference}: ${message}`,
    { details },
  );
}

/** A budget as the core has it. */
export function budgetOf({ capUsd, softCapUsd }: NonNullable<StartRequest['budget']>) {
  return newBudget(microUsd(capUsd), softCapUsd === undefined ? undefined : microUsd(softCapUsd));
}
