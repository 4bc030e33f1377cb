import { complete, defineRecipe, humanSignal, MaestroError, sleep } from '@maestro/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { startApi, type ApiHarness } from './testing/api-harness.ts';

const asking = defineRecipe({
  name: 'asking',
  version: 1,
  description: 'Asks a reviewer',
  parameters: z.strictObject({}),
  state: z.strictObject({}),
  start: () => ({ step: 'ask', state: {} }),
  steps: {
    ask: {
      inline: true,
      run: ({ nowMs }) =>
        sleep(
          humanSignal('answer', {
            roles: ['reviewer'],
            timeout: new Date(nowMs + 60_000).toISOString(),
            schema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
          }),
          'end',
        ),
    },
    end: { inline: true, run: () => complete('done') },
  },
});

let api: ApiHarness;
beforeEach(async () => {
  api = await startApi({ more: [asking] });
});
afterEach(() => api.close());

const reviewer = 'acme:bob:reviewer';

it('a signal is taken from whoever has the role, in time and as it has to be', async () => {
  const id = await api.start('asking@1');
  const path = `/continuations/${id}/signals`;
  const body = { signal: 'answer', payload: { ok: true } };
  expect((await api.refused('POST', path, { body })).code).toBe('signal.forbidden');
  const wrong = await api.refused('POST', path, {
    body: { signal: 'answer', payload: { ok: 'yes' } },
    token: reviewer,
  });
  expect(wrong).toMatchObject({ code: 'signal.payload_invalid', errors: [{ at: '/payload/ok' }] });
  const { httpStatus } = await api.call('POST', path, { body, token: reviewer });
  expect(httpStatus).toBe(200);
});

it('one that comes too late is refused', async () => {
  const id = await api.start('asking@1');
  api.runtime.clock.advance(60_000);
  const problem = await api.refused('POST', `/continuations/${id}/signals`, {
    body: { signal: 'answer', payload: { ok: true } },
    token: reviewer,
  });
  expect(problem.code).toBe('signal.too_late');
});

it('a stream that has too much to deliver says when to come again', async () => {
  await api.close();
  const busy = new MaestroError('stream.busy', 'papers has 20001 wakes to deliver');
  api = await startApi({ topics: { tellTopic: () => Promise.reject(busy) } });
  const problem = await api.refused('POST', '/streams/papers/items', {
    body: { items: [{ id: '1' }] },
  });
  expect(problem).toMatchObject({ code: 'stream.busy', httpStatus: 503, retryable: true });
  expect(problem.headers.get('retry-after')).not.toBeNull();
});
