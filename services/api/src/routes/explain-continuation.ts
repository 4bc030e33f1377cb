import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { explain } from '../view/explanation.ts';
import { lastWakes } from '../view/last-wakes.ts';
import { nearMisses } from '../view/near-misses.ts';
import { readState } from '../view/read-state.ts';
import { EXAMPLE_ID } from './examples.ts';

/** `GET /continuations/{id}/explain`. */
export function explainContinuation(parts: ApiParts): Route {
  const { store, clock } = parts;

  return defineRoute({
    method: 'get',
    path: '/continuations/:id/explain',
    operationId: 'explainContinuation',
    summary: 'What a continuation waits for, since when, and what would move it on',
    description:
      'From the state store, so it answers at once also while a step runs; of a stream or a tag it tells which items came last and why they did not match.',
    answers: {
      200: {
        description: 'The explanation',
        schema: 'Explanation',
        example: {
          id: EXAMPLE_ID,
          status: 'sleeping',
          summary:
            'It fell asleep 1 second ago and waits for the clock at 2026-01-01T00:00:30.000Z (in 29 seconds).',
          since: '2026-01-01T00:00:00.000Z',
          waitingFor: [{ kind: 'timer', at: '2026-01-01T00:00:30.000Z', inMs: 29_000 }],
          wouldWake: [
            'the clock at 2026-01-01T00:00:30.000Z (in 29 seconds)',
            "the signal 'kill', which ends it",
          ],
          lastWake: {
            cause: { kind: 'spawn', causeId: `spawn:${EXAMPLE_ID}` },
            at: '2026-01-01T00:00:00.000Z',
            lateMs: 0,
            pending: [],
          },
          wakes: [{ at: '2026-01-01T00:00:00.000Z', kind: 'spawn', lateMs: 0 }],
        },
      },
    },
    errors: ['continuation.not_found', 'log.corrupt', 'sidecar.unavailable'],
    handle: async ({ principal, id }) => {
      const ref = { tenant: principal.tenant, id };
      const state = await readState(store, ref);
      const [near, wakes] = await Promise.all([
        nearMisses(parts, state),
        lastWakes(store, ref, state.sequence),
      ]);
      const nowMs = clock.nowMs() + (state.skippedMs ?? 0);
      return { status: 200, body: explain(state, nowMs, { near, wakes }) };
    },
  });
}
