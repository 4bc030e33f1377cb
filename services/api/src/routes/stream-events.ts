import { isFinished, MaestroError, type StoredEvent } from '@maestro/core';
import type { Response } from 'express';
import { once } from 'node:events';
import { z } from 'zod';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';
import type { CommitNudges } from '../stream/commit-nudges.ts';
import { tailLog, type TailItem } from '../stream/tail-log.ts';
import { readHeadPosition } from '../view/head-position.ts';
import { MAX_QUERY_INTEGER, QueryInteger } from './list-events.ts';

const HEARTBEAT_MS = 15_000;

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Proxies that collect answers before they pass them on would hold events back.
  'x-accel-buffering': 'no',
} as const;

const StreamQuery = z.strictObject({ from: QueryInteger.pipe(z.int().min(1)).default(1) });

/** `GET /continuations/{id}/events/stream`. */
export function streamEvents(parts: ApiParts, nudges: CommitNudges): Route {
  const { store, log, stopping, clock } = parts;
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
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      const signal = AbortSignal.any([gone.signal, stopping]);
      openStream(response);
      const heartbeat = setInterval(() => {
        // A stream does not outlive the token that opened it.
        if (clock.nowMs() >= principal.expiresAtMs) gone.abort();
        else response.write(': heartbeat\n\n');
      }, HEARTBEAT_MS);
      try {
        const onFault = (error: unknown): void => {
          log.warn({ requestId, err: error }, 'a live stream could not read its log');
        };
        for await (const item of tailLog({ store, nudges, ref, from, signal, onFault })) {
          if (!response.write(messageOf(item))) await drained(response, signal);
        }
      } finally {
        clearInterval(heartbeat);
        response.end();
      }
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

function openStream(response: Response): void {
  response.writeHead(200, STREAM_HEADERS);
  response.write('retry: 1000\n\n');
}

function messageOf(item: TailItem): string {
  if (item.kind === 'end') {
    const { status, sequence } = item;
    return `event: end\ndata: ${JSON.stringify({ status, sequence })}\n\n`;
  }
  const { type } = JSON.parse(item.row) as StoredEvent;
  return `id: ${item.sequence}\nevent: ${type}\ndata: ${item.row}\n\n`;
}

/** Waits until a slow reader has caught up. */
async function drained(response: Response, signal: AbortSignal): Promise<void> {
  await once(response, 'drain', { signal }).catch(() => undefined);
}
