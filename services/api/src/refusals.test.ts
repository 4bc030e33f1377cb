import { MaestroError, type ErrorCode } from '@maestro/core';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiParts } from './api-options.ts';
import { codesOf } from './openapi/openapi-document.ts';
import { routeTable } from './routes/route-table.ts';
import { CommitNudges } from './stream/commit-nudges.ts';
import { startApi, type ApiHarness, type CallOptions } from './testing/api-harness.ts';

// Each case checks, in the harness, that no row was written, changed or removed.
let api: ApiHarness;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

const seen = new Set<ErrorCode>(['auth.unavailable']); // by health.test.ts
const goal = { objective: 'try it', recipe: 'noop@1', parameters: { sleepMs: 30_000 } };
const NOBODYS = '01J00000000000000000000000';

type Refused = ReturnType<ApiHarness['refused']>;

async function expectRefusal(
  code: ErrorCode,
  method: string,
  path: string,
  options?: CallOptions,
): Refused {
  const problem = await api.refused(method, path, options);
  expect(problem.code, problem.text).toBe(code);
  expect(problem).toMatchObject({ type: `/errors/${code}`, retryable: expect.any(Boolean) });
  seen.add(code);
  return problem;
}

function post(code: ErrorCode, options: CallOptions): Refused {
  return expectRefusal(code, 'POST', '/continuations', options);
}

function get(code: ErrorCode, options: CallOptions): Refused {
  return expectRefusal(code, 'GET', `/continuations/${NOBODYS}`, options);
}

function signal(code: ErrorCode, id: string, body: unknown): Refused {
  return expectRefusal(code, 'POST', `/continuations/${id}/signals`, { body });
}

describe('a body', () => {
  it.each([
    ['is not JSON', '{"goal":'],
    ['is empty', ''],
    ['is not UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22])],
  ])('that %s', async (_name, text) => {
    await post('request.malformed', { text });
  });

  it('of more than 1 MiB, announced', async () => {
    const text = JSON.stringify({ goal: { ...goal, question: 'x'.repeat(1024 * 1024) } });
    await post('request.too_large', { text });
  });

  it('of more than 1 MiB, in pieces', async () => {
    const body = new ReadableStream({
      start(controller) {
        for (let part = 0; part < 20; part++) controller.enqueue(new Uint8Array(100_000).fill(32));
        controller.close();
      },
    });
    const answer = await fetch(`${api.api.url}/continuations`, {
      method: 'POST',
      headers: { authorization: 'Bearer acme:alice', 'content-type': 'application/json' },
      body,
      duplex: 'half',
    });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ code: 'request.too_large' });
    expect(api.runtime.rows.snapshot().size).toBe(0);
  });

  it.each([
    ['of another type', { 'content-type': 'text/plain' }],
    ['of a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['in another charset', { 'content-type': 'application/json; charset=latin1' }],
    ['that is compressed', { 'content-encoding': 'gzip' }],
  ])('%s', async (_name, headers) => {
    await post('request.unsupported_media_type', { text: JSON.stringify({ goal }), headers });
  });

  it.each([
    ['lacks the goal', {}, '/goal'],
    ['is an array', [], ''],
    ['has a field too many', { goal, more: 1 }, ''],
    ['has an empty objective', { goal: { ...goal, objective: '' } }, '/goal/objective'],
    [
      'has an objective too long',
      { goal: { ...goal, objective: 'x'.repeat(4001) } },
      '/goal/objective',
    ],
    ['has a recipe without a version', { goal: { ...goal, recipe: 'noop' } }, '/goal/recipe'],
    ['has an unknown field in the goal', { goal: { ...goal, deadline: 'soon' } }, '/goal'],
    ['has a negative cap', { goal, budget: { capUsd: -1 } }, '/budget/capUsd'],
    ['has a cap beyond the most', { goal, budget: { capUsd: 100_001 } }, '/budget/capUsd'],
  ])('that %s', async (_name, body, at) => {
    const { errors } = await post('request.invalid', { body });
    expect(errors?.map((error) => error.at)).toContain(at);
  });

  it('that no schema would refuse', async () => {
    await post('request.unprocessable', { text: '{"goal":{"__proto__":{"a":1}}}' });
    await post('request.unprocessable', { body: { goal, budget: { capUsd: 1, softCapUsd: 2 } } });
  });

  it.each([
    ['is nested too deep', '['.repeat(400_000) + ']'.repeat(400_000)],
    ['holds half of a surrogate pair', '{"goal":"\\ud800"}'],
    ['names a field by half of a surrogate pair', '{"\\udc00":1}'],
    ['holds a number beyond a double', '{"goal":1e999}'],
  ])('that %s', async (_name, text) => {
    await post('request.invalid', { text });
  });

  it('whose idempotency key is too long, empty or not printable', async () => {
    for (const key of ['x'.repeat(201), '', 'caf\u00e9']) {
      const { errors } = await post('request.invalid', {
        body: { goal },
        headers: { 'idempotency-key': key },
      });
      expect(errors?.[0]?.at).toBe('Idempotency-Key');
    }
  });

  it('that asks for a recipe that is not there', async () => {
    const problem = await post('recipe.unknown', { body: { goal: { ...goal, recipe: 'noop@2' } } });
    expect(problem.detail).toContain('noop@1');
  });

  it('whose parameters do not fit the recipe', async () => {
    const body = { goal: { ...goal, parameters: { sleepMs: 'long' } } };
    const { errors } = await post('recipe.parameters_invalid', { body });
    expect(errors?.[0]?.at).toBe('/goal/parameters/sleepMs');
  });

  it('that wants to sleep for more than ten years', async () => {
    const tenYears = 3653 * 24 * 3600 * 1000;
    await post('recipe.parameters_invalid', {
      body: { goal: { ...goal, parameters: { sleepMs: tenYears + 1 } } },
    });
    await post('recipe.parameters_invalid', {
      body: { goal: { ...goal, parameters: { wakeAt: '2099-01-01T00:00:00Z' } } },
    });
  });

  it('that repeats an idempotency key with another request', async () => {
    const headers = { 'idempotency-key': 'k' };
    await api.call('POST', '/continuations', { body: { goal }, headers });
    const other = { goal: { ...goal, objective: 'something else' } };
    await post('idempotency.conflict', { body: other, headers });
  });

  it('that is too large for one event', async () => {
    const tags = Array.from({ length: 50 }, (_, index) => `${index}`.padEnd(100, 'x'));
    const must = Array.from({ length: 100 }, () => 'x'.repeat(1000));
    const schema = { pad: 'x'.repeat(300_000) };
    const body = {
      goal: { ...goal, tags, constraints: { must }, outputs: [{ kind: 'a', schema }] },
    };
    await post('event.too_large', { body });
  });
});

describe('a token', () => {
  it('that is not there', async () => {
    const { headers } = await get('auth.missing', { token: null });
    expect(headers.get('www-authenticate')).toBe('Bearer realm="maestro"');
  });

  it('that is not one, and of another scheme', async () => {
    const { headers, text } = await get('auth.invalid', { token: 'secret-token' });
    expect(headers.get('www-authenticate')).toContain('invalid_token');
    expect(text).not.toContain('secret-token');
    await get('auth.invalid', { headers: { authorization: 'Basic YTpi' } });
  });

  it('that has expired', async () => {
    await get('auth.expired', { token: 'acme:late' });
  });

  it('that lacks the role', async () => {
    const id = await api.start('wait@1');
    await expectRefusal('auth.forbidden', 'POST', `/continuations/${id}/wake`);
    await expectRefusal('auth.forbidden', 'POST', `/continuations/${id}/wake`, {
      token: 'acme:alice:viewer',
    });
  });

  it('is asked for before anything else is looked at', async () => {
    await expectRefusal('auth.missing', 'POST', '/continuations', { text: '{', token: null });
    await expectRefusal('auth.missing', 'GET', '/continuations/xyz', { token: null });
  });
});

describe('an id', () => {
  const routes: [string, string, CallOptions?][] = [
    ['GET', ''],
    ['GET', '/events'],
    ['GET', '/events/stream'],
    ['GET', '/explain'],
    ['POST', '/signals', { body: { signal: 'kill' } }],
    ['POST', '/wake', { token: 'acme:alice:operator' }],
  ];

  it.each(routes)('that is no ULID: %s %s', async (method, path, options) => {
    for (const id of ['xyz', NOBODYS.toLowerCase(), `${NOBODYS}0`, '8ZZZZZZZZZZZZZZZZZZZZZZZZZ']) {
      await expectRefusal('id.invalid', method, `/continuations/${id}${path}`, options);
    }
  });

  it.each(routes)('of nothing: %s %s', async (method, path, options) => {
    await expectRefusal(
      'continuation.not_found',
      method,
      `/continuations/${NOBODYS}${path}`,
      options,
    );
  });

  it.each(routes)("of another tenant's continuation: %s %s", async (method, path, options) => {
    const id = await api.start('wait@1');
    const token = options?.token === undefined ? 'globex:bob' : 'globex:bob:operator';
    const url = `/continuations/${id}${path}`;
    await expectRefusal('continuation.not_found', method, url, { ...options, token });
  });
});

describe('a signal', () => {
  it('to one that has finished', async () => {
    const id = await api.start('wait@1');
    await api.call('POST', `/continuations/${id}/signals`, { body: { signal: 'kill' } });
    for (const name of ['kill', 'pause', 'go']) {
      await signal('continuation.finished', id, { signal: name });
    }
  });

  it('that it does not wait for', async () => {
    const id = await api.start('wait@1');
    const { detail } = await signal('signal.unknown', id, { signal: 'stop' });
    expect(detail).toContain('go');
  });

  it('to one that is paused', async () => {
    const id = await api.start('wait@1');
    await api.call('POST', `/continuations/${id}/signals`, { body: { signal: 'pause' } });
    await signal('continuation.paused', id, { signal: 'go' });
  });

  it('another one under an idempotency key that was used', async () => {
    const id = await api.start('wait@1');
    const headers = { 'idempotency-key': 'once' };
    await api.call('POST', `/continuations/${id}/signals`, { body: { signal: 'pause' }, headers });
    await expectRefusal('idempotency.conflict', 'POST', `/continuations/${id}/signals`, {
      body: { signal: 'resume' },
      headers,
    });
  });

  it('that is not a name, or has a field too many', async () => {
    const id = await api.start('wait@1');
    await signal('request.invalid', id, { signal: 'Not A Name' });
    await signal('request.invalid', id, { signal: 'go', by: 'somebody else' });
    await signal('request.invalid', id, {});
  });

  it('whose payload is too large for one event', async () => {
    const id = await api.start('wait@1');
    await signal('event.too_large', id, { signal: 'go', payload: 'x'.repeat(400_000) });
  });
});

describe('a query', () => {
  it.each([
    'from=0',
    'from=-1',
    'from=x',
    'from=1&from=2',
    'limit=0',
    'limit=1001',
    'limit=1e2',
    'include=all',
    'form=1',
  ])('events?%s', async (query) => {
    const id = await api.start('wait@1');
    await expectRefusal('request.invalid', 'GET', `/continuations/${id}/events?${query}`);
  });

  it('of a stream, and its Last-Event-ID', async () => {
    const path = `/continuations/${await api.start('wait@1')}/events/stream`;
    await expectRefusal('request.invalid', 'GET', `${path}?from=x`);
    await expectRefusal('request.invalid', 'GET', path, { headers: { 'last-event-id': 'x' } });
  });
});

describe('a route', () => {
  it('that is not there', async () => {
    for (const path of [
      '/',
      '/continuation',
      `/continuations/${NOBODYS}/logs`,
      '/errors/no.code',
    ]) {
      await expectRefusal('route.not_found', 'GET', path);
    }
  });

  it('that does not take the method', async () => {
    const { headers } = await expectRefusal('route.method_not_allowed', 'DELETE', '/continuations');
    expect(headers.get('allow')).toBe('POST, GET, HEAD');
    const other = await expectRefusal(
      'route.method_not_allowed',
      'PUT',
      `/continuations/${NOBODYS}`,
    );
    expect(other.headers.get('allow')).toBe('GET, HEAD');
  });

  it('that cannot be decoded', async () => {
    await expectRefusal('request.invalid', 'GET', '/continuations/%E0%A4%A');
  });
});

describe('a fault', () => {
  it('of the store during a commit: the outcome is unknown, and a repetition does it once', async () => {
    const { rows } = api.runtime;
    const headers = { 'idempotency-key': 'k' };
    rows.fault = () => 'refuse';
    const problem = await expectRefusal('commit.outcome_unknown', 'POST', '/continuations', {
      body: { goal },
      headers,
    });
    expect(problem.headers.get('retry-after')).toBe('1');
    expect(problem.retryable).toBe(true);
    rows.fault = undefined;
    const again = await api.call('POST', '/continuations', { body: { goal }, headers });
    expect(again.httpStatus).toBe(201);
  });

  it('of the head: it is not a state', async () => {
    const id = await api.start('wait@1');
    api.runtime.rows.tamper(`acme:${id}:head`, '{"schemaVersion":1,"foldVersion":1}');
    for (const path of ['', '/events', '/events/stream', '/explain']) {
      await expectRefusal('log.corrupt', 'GET', `/continuations/${id}${path}`);
    }
  });

  it('of a row: it is not JSON', async () => {
    const id = await api.start('wait@1');
    api.runtime.rows.tamper(`acme:${id}:log:000000000002`, 'not json');
    await expectRefusal('log.corrupt', 'GET', `/continuations/${id}/events`);
  });

  it.each([
    ['sidecar.unavailable', 503],
    ['commit.conflict', 409],
    ['host.draining', 503],
    ['component.unsupported', 500],
  ] as const)('of the way to the continuation: %s', async (code, status) => {
    await api.close();
    api = await startApi({
      continuations: {
        send: () => Promise.reject(new MaestroError(code, 'secret: the actor call failed')),
      },
    });
    const problem = await expectRefusal(code, 'POST', '/continuations', { body: { goal } });
    expect(problem.status).toBe(status);
    if (code === 'sidecar.unavailable') expect(problem.text).not.toContain('secret');
  });

  it('that nobody expected: logged under the request id, and nothing of it told', async () => {
    const lines: string[] = [];
    await api.close();
    api = await startApi({
      log: pino({}, { write: (line: string) => lines.push(line) }),
      identity: { verify: () => Promise.reject(new Error('password=hunter2')) },
    });
    const problem = await expectRefusal('internal.error', 'GET', `/continuations/${NOBODYS}`, {
      headers: { 'x-request-id': 'my-request' },
    });
    expect(problem.instance).toBe('my-request');
    expect(problem.text).not.toContain('hunter2');
    expect(lines.join('')).toContain('my-request');
    expect(lines.join('')).not.toContain('acme:alice');
  });
});

it('was met above, or in a test of its own, for every code that is documented', () => {
  const table = routeTable({ metrics: async () => '' } as unknown as ApiParts, new CommitNudges());
  const documented = new Set(table.flatMap((route) => [...codesOf(route)]));
  const elsewhere =
    /^(blob|budget|fork|import|merge|rate|signal|stream|tenant|warehouse)\.|\.sealed$/;
  expect([...documented].filter((code) => !seen.has(code) && !elsewhere.test(code))).toEqual([]);
});
