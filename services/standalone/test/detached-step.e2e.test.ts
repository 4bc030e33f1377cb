import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  finishedLog,
  goalOf,
  startStandalone,
  until,
  type RunningStandalone,
} from './support/running-standalone.ts';

describe('a detached step on a real Dapr', () => {
  let running: RunningStandalone;
  let endpoint: Server;
  let url: string;
  let open = 0;
  beforeAll(async () => {
    endpoint = createServer((request, response) => {
      open++;
      response.on('close', () => open--);
      const ms = Number(new URL(request.url ?? '/', 'http://x').searchParams.get('ms'));
      setTimeout(() => response.end(`after ${ms} ms`), ms).unref();
    });
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`;
    running = await startStandalone({
      env: { MAESTRO_RECIPES: '@maestro/recipes,@maestro/example-slow-endpoint' },
    });
  });
  afterAll(async () => {
    await running?.close();
    endpoint.closeAllConnections();
    endpoint.close();
  });

  it('completes with what the endpoint answered', async () => {
    const { client } = running;
    const { id } = await client.start(goalOf('slow-endpoint@1', { url: `${url}?ms=1500` }));
    const events = await finishedLog(client, id, 20_000);
    expect(events.map(({ type }) => type)).toEqual(['spawn', 'wake', 'step', 'step', 'publish']);
    expect(events.at(-1)?.payload).toMatchObject({
      artifact: { value: { status: 200, body: 'after 1500 ms' } },
    });
  });

  it('leaves get, explain and kill unhindered while it runs for a minute, and the kill aborts it', async () => {
    const { client } = running;
    const { id } = await client.start(goalOf('slow-endpoint@1', { url: `${url}?ms=60000` }));
    await until('the call is under way', async () => open > 0, 5_000);
    const timesMs: Record<string, number[]> = { get: [], explain: [], kill: [] };
    const timed = async (name: string, call: () => Promise<unknown>): Promise<void> => {
      const startedAt = performance.now();
      await call();
      timesMs[name]?.push(performance.now() - startedAt);
    };
    // Beyond the first lease: the heartbeats have kept the one attempt alive.
    const endsAt = performance.now() + 33_000;
    while (performance.now() < endsAt) {
      await timed('get', () => client.get(id));
      await timed('explain', () => client.explain(id));
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect((await client.explain(id)).running).toMatchObject({ stepId: 'call#1', attempt: 1 });
    await timed('kill', () => client.kill(id));
    await until('the call is aborted', async () => open === 0, 3_000);
    const events = await finishedLog(client, id, 2_000);
    expect(events.map(({ type }) => type)).toEqual([
      'spawn',
      'wake',
      'step',
      'human_signal',
      'kill',
    ]);
    const worst = Object.fromEntries(
      Object.entries(timesMs).map(([name, times]) => [name, Math.max(...times).toFixed(1)]),
    );
    console.log('slowest answers while a detached step ran, in ms:', worst);
    for (const times of Object.values(timesMs)) expect(Math.max(...times)).toBeLessThan(2_000);
  });

  it('is run again as the next attempt after its host was killed', async () => {
    const { client, stack } = running;
    const { id } = await client.start(goalOf('slow-endpoint@1', { url: `${url}?ms=3000` }));
    await until('the call is under way', async () => open > 0, 5_000);
    await stack.app('maestro').kill9();
    await stack.app('maestro').restart();
    const events = await finishedLog(client, id, 60_000);
    const attempts = events.filter(
      ({ type, payload }) => type === 'step' && (payload as { phase: string }).phase === 'intended',
    );
    expect(attempts.map(({ payload }) => (payload as { attempt: number }).attempt)).toEqual([1, 2]);
  });
});
