import { MaestroClient } from '@maestro/client';
import { mintDevToken } from '@maestro/client/dev-token';
import { spanIdOf, type StoredEvent } from '@maestro/core';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  startOtlpReceiver,
  type OtlpReceiver,
  type ReceivedSpan,
} from './support/otlp-receiver.ts';
import { finishedLog, startWorkers, workerApp, type WorkerStack } from './support/worker-stack.ts';

const repository = path.resolve(import.meta.dirname, '../../..');
const CONTINUATIONS = 12;
const TICKS = 5;

let receiver: OtlpReceiver;
let stack: WorkerStack;
let client: MaestroClient;
beforeAll(async () => {
  receiver = await startOtlpReceiver();
  const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '2000' };
  const { env = {} } = workerApp('worker-a');
  stack = await startWorkers([workerApp('worker-a', tracing), workerApp('worker-b', tracing)]);
  const keyFile = path.join(stack.dataDir, 'dev-issuer.json');
  const api = await stack.stack.startApp({
    appId: 'maestro-api',
    command: [process.execPath, path.join(repository, 'services/api/dist/main.js')],
    publicPort: 'auto',
    env: { ...env, ...tracing, MAESTRO_DEV_KEY_FILE: keyFile },
  });
  client = new MaestroClient({
    baseUrl: `http://127.0.0.1:${api.publicPort}`,
    token: await mintDevToken({ keyFile, tenant: 'test', subject: 'tester' }),
  });
}, 900_000);
afterAll(async () => {
  await stack?.close();
  await receiver?.close();
});

/** What there is of a trace; a span that came twice is there once. */
function spansOfTrace(traceId: string | undefined): readonly ReceivedSpan[] {
  const byId = new Map<string, ReceivedSpan>();
  for (const span of receiver.spans) {
    if (span.traceId === traceId && !byId.has(span.spanId)) byId.set(span.spanId, span);
  }
  return [...byId.values()];
}

function goal(recipe: string, parameters: Record<string, number> = {}) {
  return { objective: 'a secret', recipe, sensitivity: 'internal' as const, parameters };
}

async function logOf(id: string): Promise<readonly StoredEvent[]> {
  return finishedLog(stack, { tenant: 'test', id }, 150_000);
}

/** Waits until both workers have exported. */
async function bothExported(): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const workers = receiver.spans.filter(({ service }) => service === 'maestro-worker');
    if (new Set(workers.map(({ instance }) => instance)).size === 2) return;
    if (performance.now() > deadline) throw new Error('a worker has exported nothing');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits until the span of the last commit, and what was queued behind it, has come. */
async function exported(logs: readonly (readonly StoredEvent[])[]): Promise<void> {
  const deadline = performance.now() + 30_000;
  const last = logs.map((log) => spanIdOf(log.at(-1)?.commit ?? ''));
  while (!last.every((id) => receiver.spans.some(({ spanId }) => spanId === id))) {
    if (performance.now() > deadline) throw new Error('the last spans have not come');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await new Promise((resolve) => setTimeout(resolve, 3_000));
}

/** The span that the last wake of a log is linked to, and the wake's turn. */
async function causeOfWake(log: readonly StoredEvent[]) {
  const wake = log.findLast(({ type }) => type === 'wake');
  const turn = spansOfTrace(wake?.trace.traceId).find(
    ({ spanId }) => spanId === spanIdOf(wake?.commit ?? ''),
  );
  const [link, ...others] = turn?.links ?? [];
  expect(others).toEqual([]);
  const cause = spansOfTrace(link?.traceId).find(({ spanId }) => spanId === link?.spanId);
  return { turn, cause };
}

describe('traces over two hosts and a kill -9', () => {
  it('one trace for each continuation, every parent there, links right', async () => {
    const ids: string[] = [];
    for (let index = 0; index < CONTINUATIONS; index++) {
      const parameters = { n: TICKS, stepMs: 100, sleepMs: 1_500 };
      ids.push((await client.start({ goal: goal('rounds@1', parameters) })).id);
      // One after the other, so that at every moment some have ticked since the last export.
      await new Promise((resolve) => setTimeout(resolve, 1_600 / CONTINUATIONS));
    }
    await bothExported();
    // Well before the next export, so that there is something that the dead host had not exported.
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await stack.stack.app('worker-a').kill9();
    const logs = await Promise.all(ids.map(logOf));
    await exported(logs);

    const hosts: number[] = [];
    let recovered = 0;
    for (const log of logs) {
      const traceId = log[0]?.trace.traceId;
      const spans = spansOfTrace(traceId);
      const byId = new Map(spans.map((span) => [span.spanId, span]));
      const id = log[0]?.continuation;
      expect(
        receiver.spans
          .filter(({ attributes }) => attributes['maestro.continuation.id'] === id)
          .filter((span) => span.traceId !== traceId),
        'one trace',
      ).toEqual([]);

      const tops = spans.filter(({ parentSpanId }) => parentSpanId === '');
      expect(tops.map(({ name }) => name)).toEqual(['continuation']);
      expect(
        spans.filter(({ parentSpanId }) => parentSpanId !== '' && !byId.has(parentSpanId)),
        'no orphans',
      ).toEqual([]);

      for (const event of log) {
        const turn = byId.get(spanIdOf(event.commit));
        expect(turn?.parentSpanId).toBe(tops[0]?.spanId);
        const [, causeTrace, causeSpan] = (event.trace.cause ?? '').split('-');
        expect(turn?.links).toMatchObject([{ traceId: causeTrace, spanId: causeSpan }]);
        expect(causeTrace, 'caused by itself').toBe(traceId);
        expect(byId.has(causeSpan ?? ''), 'the cause is there').toBe(true);
      }
      const wakes = log.filter(({ type }) => type === 'wake');
      expect(wakes).toHaveLength(TICKS);
      const request = spans.find(({ name }) => name === 'POST /continuations');
      expect(request).toMatchObject({ service: 'maestro-api', parentSpanId: tops[0]?.spanId });
      expect(byId.get(spanIdOf(log[0]?.commit ?? ''))?.links).toMatchObject([
        { spanId: request?.spanId },
      ]);
      const returned = spans.filter(
        ({ name, attributes }) =>
          name === 'attempt work' && attributes['maestro.step.outcome'] === 'returned',
      );
      expect(returned.length).toBeGreaterThanOrEqual(TICKS);

      const workers = spans.filter(({ service }) => service === 'maestro-worker');
      hosts.push(new Set(workers.map(({ instance }) => instance)).size);
      recovered += workers.filter(({ attributes }) => attributes['maestro.recovered']).length;
    }
    expect(Math.max(...hosts), 'some went on elsewhere').toBe(2);
    expect(recovered, 'turns that the dead host had not exported').toBeGreaterThan(0);
    const told = receiver.spans.flatMap(({ attributes }) => Object.values(attributes));
    expect(told).not.toContain('a secret');
    console.log(
      `traces: ${CONTINUATIONS} continuations, ${receiver.spans.length} spans received, ${hosts.filter((count) => count === 2).length} over two hosts, ${recovered} turns recovered, 0 orphans`,
    );
  }, 240_000);

  it('a wake by a signal is linked to the request that signalled', async () => {
    const { id } = await client.start({ goal: goal('wait@1') });
    await client.signal(id, 'go');
    const log = await logOf(id);
    await exported([log]);
    const { turn, cause } = await causeOfWake(log);
    expect(turn?.attributes).toMatchObject({ 'maestro.wake.cause': 'human' });
    expect(cause).toMatchObject({ name: 'POST /continuations/:id/signals' });
  }, 120_000);

  it('a wake by an item of a stream is linked to the request that published it', async () => {
    const parameters = { stream: 'papers' };
    const { id } = await client.start({ goal: { ...goal('watch@1'), parameters } });
    await client.publish('papers', [{ id: 'a' }]);
    const log = await logOf(id);
    await exported([log]);
    const { turn, cause } = await causeOfWake(log);
    expect(turn?.attributes).toMatchObject({ 'maestro.wake.cause': 'stream' });
    expect(cause).toMatchObject({ name: 'POST /streams/:stream/items' });
  }, 120_000);

  it('a wake by a sibling is linked to the turn that published, and a spawn to the turn that forked', async () => {
    const { id } = await client.start({ goal: goal('pair@1') });
    const log = await logOf(id);
    const forked = log.find(({ type }) => type === 'fork');
    if (!forked) throw new Error('it has not forked');
    const { children } = forked.payload as { readonly children: readonly { id: string }[] };
    const [heard = [], said = []] = await Promise.all(
      children.map(({ id: child }) => logOf(child)),
    );
    await exported([log, heard, said]);
    const { turn, cause } = await causeOfWake(heard);
    expect(turn?.attributes).toMatchObject({ 'maestro.wake.cause': 'sibling' });
    const publish = said.find(({ type }) => type === 'publish');
    expect(cause).toMatchObject({
      traceId: said[0]?.trace.traceId,
      spanId: spanIdOf(publish?.commit ?? ''),
    });
    for (const child of [heard, said]) {
      const [spawn] = child;
      const born = spansOfTrace(spawn?.trace.traceId).find(
        ({ spanId }) => spanId === spanIdOf(spawn?.commit ?? ''),
      );
      expect(born?.links).toMatchObject([
        { traceId: forked.trace.traceId, spanId: spanIdOf(forked.commit ?? '') },
      ]);
    }
  }, 120_000);
});
