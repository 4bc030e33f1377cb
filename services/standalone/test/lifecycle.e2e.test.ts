import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  finishedLog,
  goalOf,
  startStandalone,
  until,
  type RunningStandalone,
} from './support/running-standalone.ts';

describe('a continuation on a real Dapr', () => {
  let running: RunningStandalone;
  beforeAll(async () => {
    running = await startStandalone();
  });
  afterAll(() => running?.close());

  it('sleeps 30 s and wakes within two seconds of its time', async () => {
    const { client } = running;
    const { id } = await client.start(goalOf('noop@1', { sleepMs: 30_000 }));
    const explanation = await client.explain(id);
    expect(explanation.status).toBe('sleeping');
    expect(explanation.waitingFor).toHaveLength(1);
    const events = await finishedLog(client, id, 40_000);
    expect(events.map(({ type }) => type)).toEqual([
      'spawn',
      'wake',
      'step',
      'sleep',
      'wake',
      'step',
      'publish',
    ]);
    const sleptMs = Date.parse(events[4]?.at ?? '') - Date.parse(events[3]?.at ?? '');
    expect(sleptMs).toBeGreaterThanOrEqual(30_000);
    expect(sleptMs).toBeLessThan(32_000);
  });

  it('never fires a wake that was cancelled by a kill', async () => {
    const { client } = running;
    const { id } = await client.start(goalOf('noop@1', { sleepMs: 3_000 }));
    await client.kill(id);
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const events = await finishedLog(client, id, 1_000);
    expect(events.map(({ type }) => type)).toEqual([
      'spawn',
      'wake',
      'step',
      'sleep',
      'human_signal',
      'kill',
    ]);
  });

  it('wakes at once from a sleep whose time is past', async () => {
    const { client } = running;
    const { id } = await client.start(goalOf('noop@1', { wakeAt: '2020-01-01T00:00:00Z' }));
    const events = await finishedLog(client, id, 5_000);
    expect(events.at(-1)?.type).toBe('publish');
  });

  it('holds a due wake while it is paused and wakes at once when it is resumed', async () => {
    const { client } = running;
    const { id } = await client.start(goalOf('noop@1', { sleepMs: 1_000 }));
    await client.pause(id);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect((await client.get(id)).status).toBe('paused');
    await client.resume(id);
    await finishedLog(client, id, 5_000);
  });

  it('goes on when it is given the signal that it waits for', async () => {
    const { client } = running;
    const { id } = await client.start(goalOf('wait@1', { signal: 'approve' }));
    await client.signal(id, 'approve', { payload: { by: 'the board' } });
    const events = await finishedLog(client, id, 5_000);
    expect(events.at(-1)?.payload).toMatchObject({
      final: true,
      artifact: { value: { signal: 'approve', payload: { by: 'the board' } } },
    });
  });

  it('keeps the root trace of the request on every event', async () => {
    const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
    const response = await fetch(`${running.baseUrl}/continuations`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${running.token}`,
        'content-type': 'application/json',
        traceparent,
      },
      body: JSON.stringify(goalOf('noop@1', { sleepMs: 200 })),
    });
    const { id } = (await response.json()) as { id: string };
    const events = await finishedLog(running.client, id, 5_000);
    expect(new Set(events.map(({ trace }) => trace.traceId))).toEqual(new Set(['ab'.repeat(16)]));
    expect(events[0]?.trace.cause).toContain('ab'.repeat(16));
    for (const { trace } of events) expect(trace.cause).toContain('ab'.repeat(16));
  });

  it('survives a kill -9 of its host while it sleeps, and streams on', async () => {
    const { client, stack } = running;
    const { id } = await client.start(goalOf('noop@1', { sleepMs: 4_000 }));
    const streamed: number[] = [];
    const following = (async () => {
      for await (const event of client.follow(id)) streamed.push(event.sequence);
    })();
    await until('the stream has begun', async () => streamed.length >= 4, 5_000);
    await stack.app('maestro').kill9();
    await stack.app('maestro').restart();
    await following;
    expect(streamed).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const events = await finishedLog(client, id, 20_000);
    expect(events.at(-1)?.generation).toBe(2);
  });

  it('answers liveness without backends and readiness with them', async () => {
    const { baseUrl, stack } = running;
    const status = async (route: string): Promise<number> =>
      (await fetch(`${baseUrl}${route}`)).status;
    expect(await status('/readyz')).toBe(200);
    await stack.app('maestro').sidecar.process.kill9();
    await until('readiness notices', async () => (await status('/readyz')) === 503, 10_000);
    expect(await status('/healthz')).toBe(200);
    await stack.app('maestro').sidecar.restart();
    await until('readiness recovers', async () => (await status('/readyz')) === 200, 60_000);
  });
});
