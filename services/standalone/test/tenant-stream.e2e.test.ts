import type { StoredEvent } from '@maestro/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  finishedLog,
  goalOf,
  startStandalone,
  until,
  type RunningStandalone,
} from './support/running-standalone.ts';

const APP = 'https://app.example.com';

let running: RunningStandalone;
beforeAll(async () => {
  running = await startStandalone({ env: { MAESTRO_CORS_ORIGINS: APP } });
});
afterAll(() => running?.close());

it('follows a tenant, and is told of what a process that was killed has taken along', async () => {
  const { client, stack } = running;
  const abort = new AbortController();
  const events: StoredEvent[] = [];
  let gaps = 0;
  const following = (async () => {
    for await (const event of client.followTenant({ signal: abort.signal, onGap: () => gaps++ })) {
      events.push(event);
    }
  })();
  const given = (id: string) => events.filter(({ continuation }) => continuation === id);
  const whole = async (): Promise<void> => {
    const { id } = await client.start(goalOf('noop@1', { sleepMs: 300 }));
    const log = await finishedLog(client, id, 10_000);
    await until('all of its events', async () => given(id).length >= log.length, 10_000);
    expect(given(id)).toEqual(log);
  };
  // What is committed before the stream is open is not in it.
  await until(
    'the stream is open',
    async () => {
      await client.start(goalOf('noop@1', { sleepMs: 0 }));
      return events.length > 0;
    },
    10_000,
  );
  await Promise.all([whole(), whole(), whole()]);
  expect(gaps).toBe(0);
  const app = stack.app('maestro');
  await app.kill9();
  await app.restart();
  await until('it is told', async () => gaps > 0, 30_000);
  await whole();
  expect(gaps).toBe(1);
  abort.abort(new Error('enough'));
  await expect(following).rejects.toThrow('enough');
});

it('waits for the next event, and answers pages of the origin that is configured', async () => {
  const { client, baseUrl, token } = running;
  const { id } = await client.start(goalOf('noop@1', { sleepMs: 2_000 }));
  const { events } = await client.events(id, { from: 5, waitSeconds: 20 });
  expect(events[0]).toMatchObject({ sequence: 5, type: 'wake' });
  const answer = await fetch(`${baseUrl}/continuations/${id}`, {
    headers: { authorization: `Bearer ${token}`, origin: APP },
  });
  expect(answer.headers.get('access-control-allow-origin')).toBe(APP);
});
