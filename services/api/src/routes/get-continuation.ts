import { parseStoredEvent } from '@maestro/core';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { viewOf } from '../view/continuation-view.ts';
import { readState } from '../view/read-state.ts';

const LAST_EVENTS = 10;

/** `GET /continuations/{id}`. */
export function getContinuation({ store }: ApiParts): Route {
  return defineRoute({
    method: 'get',
    path: '/continuations/:id',
    operationId: 'getContinuation',
    summary: 'How a continuation stands, and its last ten events',
    description: 'Read from the store: it wakes nothing and waits for nothing that runs.',
    answers: { 200: { description: 'The continuation', schema: 'ContinuationView' } },
    errors: ['continuation.not_found', 'log.corrupt', 'sidecar.unavailable'],
    handle: async ({ principal, id }) => {
      const ref = { tenant: principal.tenant, id };
      const state = await readState(store, ref);
      const count = Math.min(LAST_EVENTS, state.sequence);
      const rows = await store.readRange(ref, state.sequence - count + 1, count);
      return { status: 200, body: viewOf(state, rows.map(parseStoredEvent)) };
    },
  });
}
