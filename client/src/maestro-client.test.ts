import type { StoredEvent } from '@maestro/core';
import { describe, expect, it } from 'vitest';
import { MaestroClient } from './maestro-client.ts';

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: unknown;
}

type Step = (signal: AbortSignal | undefined) => Response | Promise<Response>;

/** A client whose requests are answered by a list of steps; the last one answers all that follow. */
function scripted(...steps: readonly Step[]): { client: MaestroClient; sent: Sent[] } {
  const sent: Sent[] = [];
  const answer: typeof fetch = async (input, init) => {
    sent.push({
      method: init?.method ?? 'GET',
      url: input instanceof Request ? input.url : String(input),
      headers: new Headers(init?.headers),
      body: typeof init?.body === 'string' ? JSON.parse(init.body) : undefined,
    });
    const step = steps[Math.min(sent.length, steps.length) - 1];
    return step!(init?.signal ?? undefined);
  };
  const client = new MaestroClient({
    baseUrl: 'http://maestro.test/',
    token: 'the-token',
    fetch: answer,
    retry: { firstDelayMs: 1, maxDelayMs: 2, attempts: 4 },
  });
  return { client, sent };
}

const ok =
  (body: unknown): Step =>
  () =>
    Response.json(body);

const refuse =
  (status: number, code: string, more: object = {}): Step =>
  () =>
    Response.json(
      { type: `/errors/${code}`, title: code, status, code, detail: `because of ${code}`, ...more },
      { status, headers: { 'content-type': 'application/problem+json' } },
    );

const unreachable: Step = () => Promise.reject(new TypeError('fetch failed'));

const ID = '01J00000000000000000000000';
const goal = { objective: 'try it', recipe: 'noop@1' };

describe('a call', () => {
  it('waits for an event as long as it is told, longer than a call may take', async () => {
    const { client, sent } = scripted(ok({ events: [] }));
    await client.events(ID, { from: 5, waitSeconds: 20 });
    expect(sent[0]?.url).toBe(`http://maestro.test/continuations/${ID}/events?from=5&wait=20`);
    const patient = new MaestroClient({
      baseUrl: 'http://maestro.test',
      token: 'the-token',
      timeoutMs: 20,
      fetch: (_, init) =>
        new Promise((resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(new Error('too late')));
          setTimeout(() => resolve(Response.json({ events: [] })), 100);
        }),
    });
    expect(await patient.events(ID, { waitSeconds: 1 })).toEqual({ events: [] });
  });

  it('puts a blob under its hash', async () => {
    const { client, sent } = scripted(ok({ sha256: 'a', bytes: 1 }));
    await client.putBlob('a', { text: 'long' });
    expect(sent).toMatchObject([
      { method: 'PUT', url: 'http://maestro.test/blobs/a', body: { text: 'long' } },
    ]);
  });

  it('carries the token and the request', async () => {
    const { client, sent } = scripted(ok({ id: ID }));
    await client.events(ID, { from: 5, includeHead: true });
    expect(sent[0]?.url).toBe(`http://maestro.test/continuations/${ID}/events?from=5&include=head`);
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer the-token');
  });

  it('asks for a token each time, where it is a function', async () => {
    let asked = 0;
    const client = new MaestroClient({
      baseUrl: 'http://maestro.test',
      token: async () => `token-${++asked}`,
      fetch: async (_input, init) =>
        Response.json({ token: new Headers(init?.headers).get('authorization') }),
    });
    await client.get(ID);
    expect(await client.get(ID)).toEqual({ token: 'Bearer token-2' });
  });

  it("fails with the server's code and details", async () => {
    const errors = [{ at: '/goal/recipe', message: 'is missing' }];
    const { client, sent } = scripted(refuse(422, 'recipe.unknown', { errors }));
    await expect(client.start({ goal })).rejects.toMatchObject({
      name: 'MaestroError',
      code: 'recipe.unknown',
      message: 'because of recipe.unknown',
      details: errors,
    });
    expect(sent).toHaveLength(1);
  });

  it('is tried again on network errors and retryable refusals, with the same idempotency key', async () => {
    const { client, sent } = scripted(
      unreachable,
      refuse(503, 'commit.outcome_unknown'),
      () => new Response('bad gateway', { status: 502 }),
      ok({ id: ID, created: true }),
    );
    expect(await client.start({ goal })).toMatchObject({ id: ID });
    const keys = sent.map(({ headers }) => headers.get('idempotency-key'));
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('gives up after its tries', async () => {
    const { client, sent } = scripted(unreachable);
    await expect(client.get(ID)).rejects.toMatchObject({
      code: 'sidecar.unavailable',
      message: expect.stringContaining('http://maestro.test'),
    });
    expect(sent).toHaveLength(4);
  });

  it('ends when its signal aborts, with the reason', async () => {
    const reason = new Error('enough');
    const abort = new AbortController();
    const { client } = scripted(
      (signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason as Error));
          abort.abort(reason);
        }),
    );
    await expect(client.get(ID, { signal: abort.signal })).rejects.toBe(reason);
  });

  it('gives signals with a payload and a note', async () => {
    const { client, sent } = scripted(ok({ changed: true }));
    await client.signal(ID, 'go', { payload: null, note: 'why', idempotencyKey: 'k' });
    await client.kill(ID);
    expect(sent[0]?.body).toEqual({ signal: 'go', payload: null, note: 'why' });
    expect(sent[0]?.headers.get('idempotency-key')).toBe('k');
    expect(sent[1]?.body).toEqual({ signal: 'kill' });
  });

  it('forks, once for each key, and as a plain copy unless told otherwise', async () => {
    const { client, sent } = scripted(ok({ changed: true, sequence: 5, children: [ID] }));
    await client.fork(ID);
    await client.fork(ID, { from: 3, children: [{ objective: 'b' }] }, { idempotencyKey: 'k' });
    expect(sent[0]).toMatchObject({
      method: 'POST',
      url: `http://maestro.test/continuations/${ID}/forks`,
      body: {},
    });
    expect(sent[0]?.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/);
    expect(sent[1]?.body).toEqual({ from: 3, children: [{ objective: 'b' }] });
    expect(sent[1]?.headers.get('idempotency-key')).toBe('k');
  });
});

const event = (sequence: number): StoredEvent => ({ sequence, type: 'step' }) as StoredEvent;

/** A stream that gives messages and then ends, or breaks off. */
const stream =
  (sequences: readonly number[], end: 'end' | 'close' | 'break'): Step =>
  () => {
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        for (const sequence of sequences) {
          const data = JSON.stringify(event(sequence));
          controller.enqueue(encoder.encode(`id: ${sequence}\nevent: step\ndata: ${data}\n\n`));
        }
        if (end === 'end') controller.enqueue(encoder.encode('event: end\ndata: {}\n\n'));
        if (end === 'break') controller.error(new TypeError('terminated'));
        else controller.close();
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };

async function sequencesOf(events: AsyncIterable<StoredEvent>): Promise<number[]> {
  const sequences: number[] = [];
  for await (const { sequence } of events) sequences.push(sequence);
  return sequences;
}

describe('following', () => {
  it('goes on after lost connections where it was, without a gap or a repetition', async () => {
    const { client, sent } = scripted(
      stream([1, 2], 'close'),
      unreachable,
      stream([2, 3, 4], 'close'),
      refuse(503, 'sidecar.unavailable'),
      stream([5], 'end'),
    );
    expect(await sequencesOf(client.follow(ID))).toEqual([1, 2, 3, 4, 5]);
    expect(sent.map(({ headers }) => headers.get('last-event-id'))).toEqual([
      '0',
      '2',
      '2',
      '4',
      '4',
    ]);
  });

  it('survives a stream that breaks', async () => {
    const { client } = scripted(stream([], 'break'), stream([1], 'end'));
    expect(await sequencesOf(client.follow(ID))).toEqual([1]);
  });

  it('ends at once when there is nothing more to come', async () => {
    const { client } = scripted(() => new Response(null, { status: 204 }));
    expect(await sequencesOf(client.follow(ID, { from: 8 }))).toEqual([]);
  });

  it('fails when it is refused for good', async () => {
    const { client } = scripted(refuse(404, 'continuation.not_found'));
    await expect(sequencesOf(client.follow(ID))).rejects.toMatchObject({
      code: 'continuation.not_found',
    });
  });

  it('ends when its signal aborts, also in a pause between two tries', async () => {
    const abort = new AbortController();
    const { client, sent } = scripted(unreachable);
    const following = sequencesOf(client.follow(ID, { signal: abort.signal }));
    setTimeout(() => abort.abort(new Error('enough')), 50);
    await expect(following).rejects.toThrow('enough');
    expect(sent.length).toBeGreaterThan(0);
  });
});

const messages =
  (...texts: readonly string[]): Step =>
  () =>
    new Response(texts.join(''), { headers: { 'content-type': 'text/event-stream' } });
const notice = (id: string, name: string) => `id: ${id}\nevent: ${name}\ndata: {}\n\n`;
const message = (id: string, sequence: number) =>
  `id: ${id}\nevent: step\ndata: ${JSON.stringify(event(sequence))}\n\n`;

it('follows a tenant over lost connections, and tells where events got lost', async () => {
  const { client, sent } = scripted(
    messages(notice('a-7-0', 'open'), message('a-8-0', 1)),
    unreachable,
    messages(message('a-9-2', 2)),
    messages(notice('b-0-0', 'gap'), message('b-1-0', 5)),
    refuse(401, 'auth.expired'),
  );
  const told: (number | 'gap')[] = [];
  const following = client.followTenant({ onGap: () => told.push('gap') });
  await expect(async () => {
    for await (const { sequence } of following) told.push(sequence);
  }).rejects.toMatchObject({ code: 'auth.expired' });
  expect(told).toEqual([1, 2, 'gap', 5]);
  expect(sent.map(({ headers }) => headers.get('last-event-id'))).toEqual([
    null,
    'a-8-0',
    'a-8-0',
    'a-9-2',
    'b-1-0',
  ]);
  expect(sent[0]?.url).toBe('http://maestro.test/events/stream');
});

it('reads a whole log page by page', async () => {
  const { client, sent } = scripted(
    ok({ events: [event(1), event(2)], next: 3 }),
    ok({ events: [event(3)], next: null }),
  );
  expect(await sequencesOf(client.allEvents(ID))).toEqual([1, 2, 3]);
  expect(sent[1]?.url).toContain('from=3');
});

it('reads a whole family page by page, also over an empty one', async () => {
  const { client, sent } = scripted(
    ok({ nodes: [{ id: 'a' }], next: 'one' }),
    ok({ nodes: [], next: 'two' }),
    ok({ nodes: [{ id: 'b' }], next: null }),
  );
  const found: string[] = [];
  for await (const { id } of client.wholeLineage(ID, 'tree', { depth: 3 })) found.push(id);
  expect(found).toEqual(['a', 'b']);
  expect(sent.map(({ url }) => new URL(url).search)).toEqual([
    '?relation=tree&depth=3&limit=1000',
    '?relation=tree&depth=3&limit=1000&cursor=one',
    '?relation=tree&depth=3&limit=1000&cursor=two',
  ]);
});

it('asks for one page of a family, and for the ancestor of two', async () => {
  const { client, sent } = scripted(ok({}));
  await client.lineage(ID, 'siblings', { limit: 5, cursor: 'c' });
  await client.commonAncestor(ID, 'other');
  expect(sent.map(({ url }) => url)).toEqual([
    `http://maestro.test/continuations/${ID}/lineage?relation=siblings&limit=5&cursor=c`,
    `http://maestro.test/continuations/${ID}/common-ancestor?with=other`,
  ]);
});
