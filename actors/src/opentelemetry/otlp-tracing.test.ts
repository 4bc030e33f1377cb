import type { Span } from '@maestro/core';
import { receiveJson } from '../testing/receive-json.ts';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { samplingBy } from './sampling.ts';
import { startTracing } from './start-tracing.ts';

const span: Span = {
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  parentSpanId: 'c'.repeat(16),
  name: 'turn wake',
  kind: 'internal',
  startMs: 1_767_225_600_123.5,
  endMs: 1_767_225_600_125,
  attributes: { 'maestro.tick': 3, 'maestro.tenant': 'acme', 'maestro.recovered': true },
  links: [`00-${'d'.repeat(32)}-${'e'.repeat(16)}-01`, 'nonsense'],
  error: 'step.failed',
};

afterEach(() => {
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
});

it('sends what is left when it is closed, as the wire has it', async () => {
  const { url, bodies, close } = await receiveJson();
  onTestFinished(close);
  // The exporter reads the process's own variables.
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = url;
  const tracing = await startTracing('maestro-test', {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_BSP_SCHEDULE_DELAY: '60000',
  });
  tracing?.export(span);
  await tracing?.close();
  expect(bodies).toMatchObject([
    {
      url: '/v1/traces',
      resourceSpans: [
        {
          resource: {
            attributes: expect.arrayContaining([
              { key: 'service.name', value: { stringValue: 'maestro-test' } },
            ]) as unknown,
          },
          scopeSpans: [
            {
              spans: [
                {
                  traceId: span.traceId,
                  spanId: span.spanId,
                  parentSpanId: span.parentSpanId,
                  name: 'turn wake',
                  startTimeUnixNano: '1767225600123500000',
                  endTimeUnixNano: '1767225600125000000',
                  status: { code: 2, message: 'step.failed' },
                  links: [{ traceId: 'd'.repeat(32), spanId: 'e'.repeat(16) }],
                },
              ],
            },
          ],
        },
      ],
    },
  ]);
});

it('is not there unless an endpoint is named', async () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
  expect(await startTracing('x', {})).toBeUndefined();
  expect(await startTracing('x', { OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toBeUndefined();
  expect(await startTracing('x', { ...endpoint, OTEL_SDK_DISABLED: 'true' })).toBeUndefined();
  expect(await startTracing('x', { ...endpoint, OTEL_TRACES_EXPORTER: 'none' })).toBeUndefined();
});

it('refuses what it does not know, naming the variable', async () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
  await expect(startTracing('x', { ...endpoint, OTEL_TRACES_SAMPLER: 'most' })).rejects.toThrow(
    /OTEL_TRACES_SAMPLER: must be one of always_on/,
  );
  await expect(
    startTracing('x', { ...endpoint, OTEL_TRACES_SAMPLER_ARG: '2' }),
  ).rejects.toMatchObject({ code: 'config.invalid' });
});

it('samples by the trace id alone, so that every host decides alike, unless the caller has', () => {
  const half = samplingBy('parentbased_traceidratio', 0.5);
  expect(half(`${'0'.repeat(18)}70000000000000`)).toBe(true);
  expect(half(`${'f'.repeat(18)}90000000000000`)).toBe(false);
  expect(half(`${'f'.repeat(18)}90000000000000`, true)).toBe(true);
  expect(half(`${'0'.repeat(18)}00000000000001`, false)).toBe(false);
  expect(samplingBy('traceidratio', 0.5)('0'.repeat(32), false)).toBe(true);
  expect(samplingBy('traceidratio', 1)('f'.repeat(32))).toBe(true);
  expect(samplingBy('traceidratio', 0)('0'.repeat(32))).toBe(false);
  expect(samplingBy('always_off', 1)('0'.repeat(32), true)).toBe(false);
  expect(samplingBy('parentbased_always_on', 1)('0'.repeat(32))).toBe(true);
});
