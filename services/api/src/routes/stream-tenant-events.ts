import { MaestroError } from '@maestro/core';
import { z } from 'zod';
import type { ApiParts } from '../api-options.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { FEED_POSITION, readPosition, writePosition } from '../stream/feed-position.ts';
import type { OpenAnswers } from '../stream/open-answers.ts';
import { sendStream, STREAM_HEADERS, typeOf } from '../stream/send-stream.ts';
import { tailFeed, type TailFeedOptions } from '../stream/tail-feed.ts';
import type { TenantFeeds } from '../stream/tenant-feeds.ts';

/** `GET /events/stream`. */
export function streamTenantEvents(
  parts: ApiParts,
  feeds: TenantFeeds | undefined,
  answers: OpenAnswers,
): Route {
  const { store, tenants, log, clock } = parts;
  return defineRoute({
    method: 'get',
    path: '/events/stream',
    operationId: 'streamTenantEvents',
    etag: false,
    summary: "All of the tenant's events, as they are committed",
    description: `Server-sent events: \`event\` is the type, \`data\` the event as stored, which names its continuation and sequence; \`id\` is for Last-Event-ID alone. It begins with \`event: open\`: whatever is committed from then on comes, of each continuation in the order of its log and without a gap. An event may come again, after a host was lost; its continuation and sequence tell.

After a lost connection the Last-Event-ID takes it up where it broke off, as long as the server remembers: some 2,000 to 3,000 commits of the tenant, until the process ends. Where it does not, and where a reader is too slow for that, or a log cannot be read, \`event: gap\` says that events are missing: whoever needs all of them reads the logs of the continuations that it knows (\`GET /continuations/{id}/events?from=\`), and finds the others by \`GET /continuations?since=\`. A comment comes every 15 s. The stream ends with the token.

Only where one process does everything (standalone, without a broker): elsewhere a process of the API does not hear of all commits, and refuses with \`tenant.not_streamed\`.`,
    query: z.strictObject({}),
    parameters: [
      {
        in: 'header',
        name: 'Last-Event-ID',
        description: '`id` of the last event that was received; the stream goes on after it.',
        schema: { type: 'string', pattern: FEED_POSITION },
      },
    ],
    answers: {
      200: {
        description: 'The stream',
        contentType: 'text/event-stream',
        example:
          'id: 5f1c09ab-17-0\nevent: open\ndata: {}\n\nid: 5f1c09ab-18-0\nevent: sleep\ndata: {"continuation":"01K2M3N4P5Q6R7S8T9V0W1X2Y3","sequence":4,"type":"sleep"}\n\n',
      },
    },
    errors: ['tenant.not_streamed'],
    handle: async ({ http, response, principal, requestId }) => {
      if (!feeds) {
        throw new MaestroError(
          'tenant.not_streamed',
          'this process does not hear of all commits; follow continuations one by one',
        );
      }
      const { tenant } = principal;
      const feed = feeds.of(tenant);
      const known = http.headers['last-event-id'];
      const position = known === undefined ? undefined : readPosition(feed, String(known));
      if (http.method === 'HEAD') return { status: 200, headers: STREAM_HEADERS };
      const open = answers.open(response, tenant);
      const onFault = (error: unknown): void => {
        log.warn({ requestId, err: error }, 'a live stream could not read a log');
      };
      const first = known === undefined ? 'open' : 'gap';
      const messages = position
        ? follow({ log: store, tenant, feed, after: position, signal: open.signal, onFault })
        : begin(first, { log: store, tenant, feed, signal: open.signal, onFault });
      const letGo = feed.hold();
      await sendStream(messages, { response, open, principal, clock, tenants }).finally(letGo);
      return undefined;
    },
  });
}

/** From now on. */
async function* begin(
  first: 'open' | 'gap',
  options: Omit<TailFeedOptions, 'after'>,
): AsyncGenerator<string, void> {
  const { feed } = options;
  const after = { number: feed.latest, sequence: 0 };
  yield noticeOf(first, writePosition(feed, after));
  yield* follow({ ...options, after });
}

async function* follow(options: TailFeedOptions): AsyncGenerator<string, void> {
  for await (const item of tailFeed(options)) {
    const { kind, position } = item;
    yield kind === 'gap'
      ? noticeOf(kind, position)
      : `id: ${position}\nevent: ${typeOf(item.row)}\ndata: ${item.row}\n\n`;
  }
}

function noticeOf(event: 'open' | 'gap', position: string): string {
  return `id: ${position}\nevent: ${event}\ndata: {}\n\n`;
}
