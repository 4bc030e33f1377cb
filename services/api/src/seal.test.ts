import { ContinuationView } from '@maestro/client/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startApi, type ApiHarness } from './testing/api-harness.ts';

const token = 'acme:oscar:operator';

let api: ApiHarness;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

it.each(['seal', 'unseal'])('%s is for operators alone', async (signal) => {
  const id = await api.start('wait@1');
  for (const other of ['acme:alice', 'acme:alice:viewer']) {
    expect(
      await api.refused('POST', `/continuations/${id}/signals`, { body: { signal }, token: other }),
    ).toMatchObject({ status: 403, code: 'auth.forbidden' });
  }
});

it('a sealed one shows who sealed it, refuses everything, and goes on once it is unsealed', async () => {
  const id = await api.start('wait@1');
  const path = `/continuations/${id}`;
  expect(ContinuationView.parse((await api.call('GET', path)).json)).not.toHaveProperty('sealed');
  const sealed = await api.call('POST', `${path}/signals`, { body: { signal: 'seal' }, token });
  expect(sealed.json).toMatchObject({ changed: true, status: 'paused' });
  expect(ContinuationView.parse((await api.call('GET', path)).json)).toMatchObject({
    status: 'paused',
    dueAt: null,
    sealed: { by: { subject: 'oscar' } },
  });
  expect((await api.call('GET', `${path}/explain`)).json).toMatchObject({
    summary: expect.stringContaining('sealed'),
    wouldWake: ["the signal 'unseal', given by an operator"],
  });
  for (const signal of ['go', 'kill', 'pause', 'resume', 'other']) {
    const refused = await api.refused('POST', `${path}/signals`, { body: { signal }, token });
    expect(refused).toMatchObject({ status: 409, code: 'continuation.sealed', retryable: false });
  }
  await api.call('POST', `${path}/signals`, { body: { signal: 'unseal' }, token });
  const gone = await api.call('POST', `${path}/signals`, { body: { signal: 'go' } });
  expect(gone.json).toMatchObject({ status: 'completed' });
});
