import type { Span } from '@maestro/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { OtlpTracing } from './otlp-tracing.ts';

type Done = Parameters<SpanExporter['export']>[1];

/** An endpoint that answers as a test says. */
class FakeEndpoint implements SpanExporter {
  readonly taken: string[] = [];
  readonly answers: (Error | undefined)[] = [];
  tries = 0;

  export(batch: ReadableSpan[], done: Done): void {
    this.tries++;
    const error = this.answers.shift();
    setImmediate(() => {
      const result: unknown = error ? { code: 1, error } : { code: 0 };
      done(result as Parameters<Done>[0]);
      if (!error) this.taken.push(...batch.map(({ name }) => name));
    });
  }

  async shutdown(): Promise<void> {}
}

const away = new Error('ECONNREFUSED');
const refused = Object.assign(new Error('Bad Request'), { code: 400 });

function tracingTo(exporter: SpanExporter, maxQueueSize = 100) {
  return new OtlpTracing('test', {
    keeps: () => true,
    scheduledDelayMillis: 1,
    maxExportBatchSize: 1,
    maxQueueSize,
    exporter,
    retryMs: 1,
  });
}

function idOf(text: string): string {
  return Buffer.from(text.padEnd(8)).toString('hex');
}

function spanOf(name: string, parent?: string): Span {
  return {
    traceId: 'a'.repeat(32),
    spanId: idOf(name),
    ...(parent === undefined ? {} : { parentSpanId: idOf(parent) }),
    name,
    kind: 'internal',
    startMs: 0,
    endMs: 1,
    attributes: {},
    links: [],
  };
}

async function until(holds: () => boolean): Promise<void> {
  for (let round = 0; !holds() && round < 400; round++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(holds()).toBe(true);
}

it('an endpoint that is away gets everything when it is back, in order', async () => {
  const endpoint = new FakeEndpoint();
  endpoint.answers.push(away, away, away);
  const tracing = tracingTo(endpoint);
  tracing.export(spanOf('root'));
  tracing.export(spanOf('turn', 'root'));
  tracing.export(spanOf('step', 'turn'));
  await until(() => endpoint.taken.length === 3);
  expect(endpoint.taken).toEqual(['root', 'turn', 'step']);
  expect(endpoint.tries).toBe(6);
  await tracing.close();
});

it('what is below a span that found no room is lost with it, until it is exported again', async () => {
  const endpoint = new FakeEndpoint();
  const tracing = tracingTo(endpoint, 2);
  for (const name of ['a', 'b', 'root']) tracing.export(spanOf(name));
  await until(() => endpoint.taken.length === 2);
  tracing.export(spanOf('turn', 'root'));
  tracing.export(spanOf('step', 'turn'));
  tracing.export(spanOf('c'));
  await until(() => endpoint.taken.length === 3);
  tracing.export(spanOf('root'));
  tracing.export(spanOf('turn2', 'root'));
  await until(() => endpoint.taken.length === 5);
  expect(endpoint.taken).toEqual(['a', 'b', 'c', 'root', 'turn2']);
  await tracing.close();
});

it('what is refused for good is not tried again, and takes with it what is below', async () => {
  const endpoint = new FakeEndpoint();
  endpoint.answers.push(refused);
  const tracing = tracingTo(endpoint);
  tracing.export(spanOf('turn'));
  await until(() => endpoint.tries === 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  tracing.export(spanOf('step', 'turn'));
  tracing.export(spanOf('other'));
  await until(() => endpoint.taken.length === 1);
  expect(endpoint.taken).toEqual(['other']);
  await tracing.close();
});

it('a close does not wait for an endpoint that stays away', async () => {
  const endpoint = new FakeEndpoint();
  endpoint.answers.push(...Array.from({ length: 1000 }, () => away));
  const tracing = tracingTo(endpoint);
  tracing.export(spanOf('root'));
  await until(() => endpoint.tries > 2);
  const startedAt = performance.now();
  await tracing.close();
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
