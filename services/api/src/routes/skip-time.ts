import { SkipRequest, type SkipAnswer } from '@maestro/client/protocol';
import { isFinished, type ContinuationRef, type ContinuationState } from '@maestro/core';
import { randomUUID } from 'node:crypto';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { readState } from '../view/read-state.ts';
import { requesterOf } from './start-continuation.ts';

/** How long one request goes on skipping, in ms of everybody's time; callers ask again for the rest. */
const MAX_MS = 10_000;

/** Pause between two looks at a step that runs, in ms. */
const PAUSE_MS = 20;

/** `POST /continuations/{id}/skip`. */
export function skipTime(parts: ApiParts): Route {
  return defineRoute({
    method: 'post',
    path: '/continuations/:id/skip',
    operationId: 'skipTime',
    summary: "Put a continuation's own clock forward (development alone)",
    description:
      'Goes from one due time to the next, so everything that would have happened by then happens, in order and by the same code. Waits for steps that run. After ten seconds it answers with how far it has come.',
    body: { schema: SkipRequest, name: 'SkipRequest', example: { ms: 259_200_000 } },
    answers: {
      200: {
        description: 'Skipped',
        schema: 'SkipAnswer',
        example: {
          skippedMs: 259_200_000,
          status: 'sleeping',
          tick: 4,
          now: '2026-08-27T12:30:00.000Z',
        },
      },
    },
    errors: [
      'continuation.not_found',
      'continuation.paused',
      'continuation.sealed',
      'signal.unknown',
      'recipe.unknown',
      'commit.conflict',
      'commit.outcome_unknown',
      'sidecar.unavailable',
    ],
    handle: async ({ principal, id, body }) => {
      const ref = { tenant: principal.tenant, id };
      const { skippedMs, state } = await skip(parts, ref, body.ms, (ms) =>
        parts.continuations.send(ref, {
          kind: 'signal',
          signal: 'skip',
          requestId: randomUUID(),
          by: requesterOf(principal),
          payload: { ms },
          traceparent: undefined,
        }),
      );
      const answer = {
        skippedMs,
        status: state.status,
        tick: state.tick,
        now: new Date(ownMs(parts, state)).toISOString(),
      } satisfies SkipAnswer;
      return { status: 200, body: answer };
    },
  });
}

async function skip(
  parts: ApiParts,
  ref: ContinuationRef,
  ms: number,
  signal: (ms: number) => Promise<unknown>,
): Promise<{ readonly skippedMs: number; readonly state: ContinuationState }> {
  const deadline = performance.now() + MAX_MS;
  let skippedMs = 0;
  for (;;) {
    const state = await readState(parts.store, ref);
    const over = isFinished(state.status) || skippedMs >= ms || performance.now() > deadline;
    if (over) return { skippedMs, state };
    const dueInMs =
      state.dueMs === null ? Number.POSITIVE_INFINITY : state.dueMs - ownMs(parts, state);
    if (state.status === 'running' || dueInMs <= 0) {
      // A step runs, or what is due is about to happen.
      if (dueInMs <= 0) {
        await parts.continuations.send(ref, { kind: 'wake' });
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      continue;
    }
    const stepMs = Math.min(ms - skippedMs, Math.ceil(dueInMs));
    await signal(stepMs);
    skippedMs += stepMs;
  }
}

function ownMs({ clock }: ApiParts, { skippedMs = 0 }: ContinuationState): number {
  return clock.nowMs() + skippedMs;
}
