import { isFinished, MaestroError } from '@maestro/core';
import { z } from 'zod';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';
import type { CommitNudges } from '../stream/commit-nudges.ts';
import type { OpenAnswers } from '../stream/open-answers.ts';
import { sendStream, STREAM_HEADERS, typeOf } from '../stream/send-stream.ts';
import { tailLog, type TailItem } from '../stream/tail-log.ts';
import { readHeadPosition } from '../view/head-position.ts';
import { MAX_QUERY_INTEGER, QueryInteger } from './list-events.ts';

const StreamQuery = z.strictObject({ from: QueryInteger.pipe(z.int().min(1)).default(1) });

/** `GET /continuations/{id}/events/stream`. */
export function streamEvents(parts: ApiParts, nudges: CommitNudges, answers: OpenAnswers): Route {
  const { store, tenants, log, clock } = parts;
  return defineRoute({
    method: 'get',
    path: '/continuations/:id/events/stream',
    operationId: 'streamEvents',
    etag: false,
    summary: 'Events as they are committed',
    description:
      'Server-sent events: `id` is the sequence, `event` the type, `data` the event as stored. A comment comes every 15 s. Once the continuation has finished and all was sent, `event: end` follows and the stream closes; asked to resume after that, the answer is 204, which makes an EventSource stop.',
    query: StreamQuery,
    parameters: [
      {
        in: 'query',
        name: 'from',
        description: 'Sequence of the first event; Last-Event-ID counts for more.',
        schema: { type: 'integer', minimum: 1, maximum: MAX_QUERY_INTEGER, default: 1 },
      },
      {
        in: 'header',
        name: 'Last-Event-ID',
        description: 'Sequence of the last event that was received; the stream goes on after it.',
        schema: { type: 'string', pattern: '^[0-9]{0,12}$' },
      },
    ],
    answers: {
      200: {
        description: 'The stream',
        contentType: 'text/event-stream',
        example: 'id: 4\nevent: sleep\ndata: {"sequence":4,"type":"sleep"}\n\n',
      },
      204: { description: 'The continuation has finished and everything was sent before' },
    },
    errors: ['continuation.not_found', 'log.corrupt', 'sidecar.unavailable'],
    handle: async ({ http, response, principal, id, query, requestId }) => {
      const ref = { tenant: principal.tenant, id };
      const from = resumeAt(http.headers['last-event-id']) ?? query.from;
      const head = await readHeadPosition(store, ref);
      if (isFinished(head.status) && from > head.sequence) return { status: 204 };
      if (http.method === 'HEAD') return { status: 200, headers: STREAM_HEADERS };
      const open = answers.open(response, principal.tenant);
      const onFault = (error: unknown): void => {
        log.warn({ requestId, err: error }, 'a live stream could not read its log');
      };
      const items = tailLog({ store, nudges, ref, from, signal: open.signal, onFault });
      await sendStream(messagesOf(items), { response, open, principal, clock, tenants });
      return undefined;
    },
  });
}

function resumeAt(header: string | string[] | undefined): number | undefined {
  if (header === undefined || header === '') return undefined;
  const last = QueryInteger.safeParse(header);
  if (last.success) return last.data + 1;
  throw new MaestroError('request.invalid', 'the Last-Event-ID is not a sequence', {
    details: [{ at: 'Last-Event-ID', message: 'must be a whole number' }],
  });
}

async function* messagesOf(items: AsyncIterable<TailItem>): AsyncGenerator<string, void> {
  for await (const item of items) {
    if (item.kind === 'end') {
      const { status, sequence } = item;
      yield `event: end\ndata: ${JSON.stringify({ status, sequence })}\n\n`;
    } else {
      yield `id: ${item.sequence}\nevent: ${typeOf(item.row)}\ndata: ${item.row}\n\n`;
    }
  }
}
