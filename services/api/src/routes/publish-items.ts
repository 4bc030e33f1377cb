import { ItemsRequest, type ItemsAnswer } from '@maestro/client/protocol';
import { MaestroError, readStreamItem, StreamName, type JsonValue } from '@maestro/core';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';

/** `POST /streams/{stream}/items`. */
export function publishItems({ topics, clock }: ApiParts): Route {
  return defineRoute({
    method: 'post',
    path: '/streams/:stream/items',
    operationId: 'publishItems',
    summary: 'Feed a stream',
    description:
      'Answers once the items are stored; whoever waits for one of them is woken then. A stream need not be made beforehand. An item is known by its `id`: one that comes again, in whatever request, is counted as known and wakes nobody.',
    audit: 'none',
    body: {
      schema: ItemsRequest,
      name: 'ItemsRequest',
      example: {
        items: [
          {
            id: 'arxiv:2608.01234',
            at: '2026-08-24T12:30:00Z',
            source: 'arxiv',
            title: 'Methionine in early lactation',
            attributes: { species: 'cow' },
          },
        ],
      },
      // What goes on to the actor is a little more, and has to stay under 4 MiB.
      maxBytes: 3 * 1024 * 1024,
    },
    answers: {
      200: {
        description: 'Stored',
        schema: 'ItemsAnswer',
        example: { taken: 1, known: 0 },
      },
    },
    errors: [
      'stream.item_invalid',
      'stream.item_too_large',
      'stream.busy',
      'commit.conflict',
      'commit.outcome_unknown',
      'sidecar.unavailable',
    ],
    handle: async ({ http, traceparent, principal, body }) => {
      const stream = streamOf(http.params['stream']);
      // All of them are read before the first is sent: a request is taken as a whole or not at all.
      const items = body.items.map((input) => {
        const item = readStreamItem(input, stream, clock.nowMs());
        return { id: item.id, item: item as unknown as Record<string, JsonValue> };
      });
      const reply = await topics.tellTopic(
        { tenant: principal.tenant, kind: 'stream', name: stream, shard: 0 },
        { kind: 'publish', items, traceparent },
      );
      if (reply.kind !== 'published') throw new TypeError(`the stream answered ${reply.kind}`);
      const { taken, known } = reply;
      return { status: 200, body: { taken, known } satisfies ItemsAnswer };
    },
  });
}

function streamOf(name: unknown): string {
  const read = StreamName.safeParse(name);
  if (!read.success) {
    throw new MaestroError(
      'stream.item_invalid',
      `a stream's name is ${read.error.issues[0]?.message ?? 'something else'}`,
    );
  }
  return read.data;
}
