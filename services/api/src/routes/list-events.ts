import { MAX_PAGE_EVENTS, MAX_WAIT_SECONDS } from '@maestro/client/protocol';
import { MaestroError } from '@maestro/core';
import { z } from 'zod';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';
import type { CommitNudges } from '../stream/commit-nudges.ts';
import type { OpenAnswers } from '../stream/open-answers.ts';
import { waitForEvent } from '../stream/wait-for-event.ts';
import { readHeadPosition } from '../view/head-position.ts';
import { readRows } from '../view/log-rows.ts';
import { EXAMPLE_EVENT } from './examples.ts';

const DEFAULT_PAGE = 100;

/** A whole number in a query. */
export const QueryInteger = z
  .string()
  .regex(/^[0-9]{1,12}$/, 'must be a whole number')
  .transform(Number);

/** The largest that it takes. */
export const MAX_QUERY_INTEGER = 999_999_999_999;

const EventsQuery = z.strictObject({
  from: QueryInteger.pipe(z.int().min(1)).default(1),
  limit: QueryInteger.pipe(z.int().min(1).max(MAX_PAGE_EVENTS)).default(DEFAULT_PAGE),
  include: z.literal('head').optional(),
  wait: QueryInteger.pipe(z.int().max(MAX_WAIT_SECONDS)).default(0),
});

/** `GET /continuations/{id}/events`. */
export function listEvents(
  { store, clock }: ApiParts,
  nudges: CommitNudges,
  answers: OpenAnswers,
): Route {
  return defineRoute({
    method: 'get',
    path: '/continuations/:id/events',
    operationId: 'listEvents',
    summary: 'A range of the log',
    description:
      'Events are given exactly as they are stored, so that their hashes can be checked. With include=head the text of the head row comes along, to be compared with what the log folds to. With `wait` the answer comes once there is an event from `from` on, and at the latest after so many seconds, then with a page that is empty; at once where the continuation has finished.',
    query: EventsQuery,
    parameters: [
      {
        in: 'query',
        name: 'from',
        description: 'Sequence of the first event.',
        schema: { type: 'integer', minimum: 1, maximum: MAX_QUERY_INTEGER, default: 1 },
      },
      {
        in: 'query',
        name: 'limit',
        description: 'The most events to give.',
        schema: { type: 'integer', minimum: 1, maximum: MAX_PAGE_EVENTS, default: DEFAULT_PAGE },
      },
      {
        in: 'query',
        name: 'include',
        description: '`head` adds the head row.',
        schema: { type: 'string', enum: ['head'] },
      },
      {
        in: 'query',
        name: 'wait',
        description: 'How long to wait for an event, in seconds.',
        schema: { type: 'integer', minimum: 0, maximum: MAX_WAIT_SECONDS, default: 0 },
      },
    ],
    answers: {
      200: {
        description: 'A page; `next` is null when it ends at the head',
        schema: 'EventsPage',
        example: {
          events: [EXAMPLE_EVENT],
          next: null,
          head: { sequence: 4, hash: EXAMPLE_EVENT.hash, status: 'sleeping' },
        },
      },
    },
    errors: ['continuation.not_found', 'log.corrupt', 'sidecar.unavailable'],
    handle: async ({ http, response, principal, id, query }) => {
      const ref = { tenant: principal.tenant, id };
      const { from, limit, include } = query;
      // Nobody waits for longer than the token lasts.
      const forMs = Math.min(query.wait * 1000, principal.expiresAtMs - clock.nowMs());
      const waits = forMs > 0 && http.method !== 'HEAD';
      response.locals['waits'] = waits;
      const { row, ...head } = await (waits
        ? waitForEvent({
            store,
            nudges,
            ref,
            sequence: from,
            forMs,
            signal: answers.open(response, principal.tenant).signal,
          })
        : readHeadPosition(store, ref));
      // No further than the head that comes along: page and head then belong together.
      const count = Math.max(0, Math.min(limit, head.sequence - from + 1));
      const rows = await readRows(store, ref, from, count);
      const last = from + rows.length - 1;
      if (rows.length < count) {
        throw new MaestroError(
          'log.corrupt',
          `event ${last + 1} of ${id} is not in the store, and its head is at ${head.sequence}`,
        );
      }
      const next = count > 0 && last < head.sequence ? last + 1 : null;
      const headRow = include === 'head' ? `,"headRow":${JSON.stringify(row)}` : '';
      // The rows are JSON already; parsing and printing them again could only change them.
      const body = `{"events":[${rows.join(',')}],"next":${next},"head":${JSON.stringify(head)}${headRow}}`;
      return { status: 200, body };
    },
  });
}
