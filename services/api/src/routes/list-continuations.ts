import {
  ListFilter,
  MAX_LIST_PAGE,
  type ContinuationList,
  type ListedContinuation,
} from '@maestro/client/protocol';
import { ContinuationStatus, jsonOrUndefined } from '@maestro/core';
import { z } from 'zod';
import type { ApiParts } from '../api-options.ts';
import { weakTag } from '../http/entity-tag.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { CursorText, invalidCursor } from '../lineage/cursor.ts';
import { requireReadModel, type ModelLife, type ModelQuery } from '../read-model/read-model.ts';
import { EXAMPLE_ID } from './examples.ts';
import { QueryInteger } from './list-events.ts';

const DEFAULT_PAGE = 100;

/** The year 1 begins then. */
const MIN_INSTANT_MS = -62_135_596_800_000;
/** The year 9999 ends then. */
const MAX_INSTANT_MS = 253_402_300_799_999;

/** By an offset it may be before the year 1 or after 9999, which no calendar of ours has. */
const QueryInstant = z.iso
  .datetime({ offset: true })
  .transform((text) => Math.min(Math.max(Date.parse(text), MIN_INSTANT_MS), MAX_INSTANT_MS));

const ListRequest = ListFilter.extend({
  since: QueryInstant.optional(),
  dueBy: QueryInstant.optional(),
  limit: QueryInteger.pipe(z.int().min(1).max(MAX_LIST_PAGE)).default(DEFAULT_PAGE),
  cursor: CursorText.max(200).optional(),
});

/** The last of a page: when it was created, or is due where the list is by that, in ms since the epoch, and its id. */
const Cursor = z.tuple([
  z.enum(['created', 'due']),
  z.int().min(0).max(MAX_INSTANT_MS),
  z.string().max(26),
]);
type Order = z.infer<typeof Cursor>[0];

/** A parameter's schema, as the request's has it. */
function inputOf(name: keyof typeof ListRequest.shape): Readonly<Record<string, unknown>> {
  const { $schema: _, ...schema } = z.toJSONSchema(ListRequest.shape[name], { io: 'input' });
  return schema;
}

const parameter = (
  name: string,
  description: string,
  schema: Readonly<Record<string, unknown>>,
) => ({ in: 'query' as const, name, description, schema });

/** `GET /continuations`. */
export function listContinuations({ readModel }: ApiParts): Route {
  return defineRoute({
    method: 'get',
    path: '/continuations',
    operationId: 'listContinuations',
    summary: "The tenant's continuations, the newest first",
    description:
      'From the warehouse, so a few seconds behind what happens: `asOf` says when it was brought up to date. A list that goes on by its cursor neither repeats nor leaves out anything that was there when it began. With `dueBy` those that the clock wakes next come first; one that falls asleep anew meanwhile may come again. Its ETag is weak: it leaves `asOf` out.',
    query: ListRequest,
    parameters: [
      parameter('status', 'Only of this status.', {
        type: 'string',
        enum: ContinuationStatus.options,
      }),
      parameter('recipe', 'Only of this recipe, as `name@version`.', inputOf('recipe')),
      parameter('root', 'Only the family of this root.', inputOf('root')),
      parameter('since', 'Only created then or later.', { type: 'string', format: 'date-time' }),
      parameter(
        'search',
        'Only with this in the objective, whatever the case of its letters.',
        inputOf('search'),
      ),
      parameter('tag', 'Only with this tag in the goal.', inputOf('tag')),
      parameter(
        'dueBy',
        'Only who sleeps, and is woken by the clock then or sooner; the soonest first.',
        { type: 'string', format: 'date-time' },
      ),
      parameter('limit', 'The most continuations to give.', {
        type: 'integer',
        minimum: 1,
        maximum: MAX_LIST_PAGE,
        default: DEFAULT_PAGE,
      }),
      parameter('cursor', '`next` of the page before.', inputOf('cursor')),
    ],
    answers: {
      200: {
        description: 'A page; the last one has no `next`',
        schema: 'ContinuationList',
        example: {
          continuations: [
            {
              id: EXAMPLE_ID,
              status: 'sleeping',
              recipe: 'noop@1',
              objective: 'Try it',
              root: EXAMPLE_ID,
              depth: 0,
              tick: 1,
              events: 4,
              children: 0,
              spentUsd: 0,
              createdAt: '2026-08-27T12:00:00.000Z',
              lastEventAt: '2026-08-27T12:00:00.000Z',
              finishedAt: null,
              dueAt: '2026-08-28T12:00:00.000Z',
            },
          ],
          next: null,
          asOf: '2026-08-27T12:00:05.000Z',
        },
      },
    },
    errors: ['warehouse.unavailable'],
    handle: async ({ principal, query }) => {
      const { since, dueBy, cursor, limit, ...filter } = query;
      const order = dueBy === undefined ? 'created' : 'due';
      const { lives, builtAtMs } = await requireReadModel(readModel).list({
        ...filter,
        tenant: principal.tenant,
        sinceMs: since,
        dueByMs: dueBy,
        // One more tells whether this is the last page.
        limit: limit + 1,
        after: cursor === undefined ? undefined : readCursor(cursor, order),
      });
      const page = lives.slice(0, limit);
      const last = lives.length > limit ? page.at(-1) : undefined;
      const body = {
        continuations: page.map(listed),
        next: last ? writeCursor(last, order) : null,
        asOf: instantOf(builtAtMs),
      } satisfies ContinuationList;
      // Apart from `asOf`: a list that is still right is worth no second transfer.
      const etag = weakTag(JSON.stringify([body.continuations, body.next]));
      return { status: 200, headers: { etag }, body };
    },
  });
}

function listed(life: ModelLife): ListedContinuation {
  const { spentMicroUsd, createdAtMs, lastEventAtMs, finishedAtMs, dueAtMs, ...same } = life;
  return {
    ...same,
    spentUsd: spentMicroUsd / 1_000_000,
    createdAt: new Date(createdAtMs).toISOString(),
    lastEventAt: new Date(lastEventAtMs).toISOString(),
    finishedAt: instantOf(finishedAtMs),
    dueAt: instantOf(dueAtMs),
  };
}

function instantOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

function writeCursor({ createdAtMs, dueAtMs, id }: ModelLife, order: Order): string {
  const at = order === 'due' ? dueAtMs : createdAtMs;
  return Buffer.from(JSON.stringify([order, at, id])).toString('base64url');
}

function readCursor(text: string, order: Order): ModelQuery['after'] {
  const cursor = Cursor.safeParse(jsonOrUndefined(Buffer.from(text, 'base64url').toString()));
  if (!cursor.success) throw invalidCursor();
  const [by, atMs, id] = cursor.data;
  if (by !== order) throw invalidCursor('is of another list');
  return { createdAtMs: atMs, dueAtMs: atMs, id };
}
