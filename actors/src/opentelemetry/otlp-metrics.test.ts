import { receiveJson } from '../testing/receive-json.ts';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { startMetrics } from './start-metrics.ts';

afterEach(() => {
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
});

const label = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

it('sends what Prometheus would scrape, again and again and when it is closed', async () => {
  const { url, bodies, close } = await receiveJson();
  onTestFinished(close);
  // The exporter reads the process's own variables.
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = url;
  const metrics = await startMetrics('maestro-test', {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_METRIC_EXPORT_INTERVAL: '50',
  });
  await expect.poll(() => bodies.length).toBeGreaterThan(0);
  const { observability } = metrics;
  observability.count('maestro_turns_total', { command: 'wake', result: 'ok' }, 3);
  observability.record('maestro_turn_ms', 1_500, { command: 'wake' });
  observability.set('maestro_activations', 7);
  await metrics.close();
  const last = bodies.at(-1) as {
    readonly url: string;
    readonly resourceMetrics: readonly {
      readonly resource: unknown;
      readonly scopeMetrics: readonly { readonly metrics: readonly { readonly name: string }[] }[];
    }[];
  };
  expect(last.url).toBe('/v1/metrics');
  const [sent] = last.resourceMetrics;
  expect(sent?.resource).toMatchObject({
    attributes: expect.arrayContaining([label('service.name', 'maestro-test')]),
  });
  const named = (name: string): unknown =>
    sent?.scopeMetrics[0]?.metrics.find((metric) => metric.name === name);
  expect(named('maestro_turns_total')).toMatchObject({
    sum: {
      isMonotonic: true,
      aggregationTemporality: 2,
      dataPoints: [
        {
          asDouble: 3,
          attributes: expect.arrayContaining([label('command', 'wake'), label('result', 'ok')]),
        },
      ],
    },
  });
  expect(named('maestro_activations')).toMatchObject({
    unit: '',
    gauge: { dataPoints: [{ asDouble: 7, attributes: [] }] },
  });
  expect(named('maestro_turn_ms')).toMatchObject({
    unit: '',
    histogram: {
      dataPoints: [
        {
          count: 1,
          sum: 1_500,
          explicitBounds: expect.arrayContaining([1_000, 2_000]),
          bucketCounts: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0],
        },
      ],
    },
  });
  // Nothing was counted under any label: there is nothing to say.
  expect(named('maestro_dead_letters_total')).toBeUndefined();
});

it('ends although nobody is there to take the last export', async () => {
  const url = 'http://127.0.0.1:9';
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = url;
  const metrics = await startMetrics('maestro-test', { OTEL_EXPORTER_OTLP_ENDPOINT: url });
  metrics.observability.count('maestro_ticks_total');
  await metrics.close();
}, 30_000);

it.each([
  ['no endpoint', {}],
  ['none', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_METRICS_EXPORTER: 'none' }],
  ['disabled', { OTEL_METRICS_EXPORTER: 'otlp', OTEL_SDK_DISABLED: 'true' }],
])('counts without exporting: %s', async (_why, environment) => {
  const metrics = await startMetrics('maestro-test', environment);
  metrics.observability.count('maestro_ticks_total');
  expect(await metrics.observability.scrape()).toContain('maestro_ticks_total 1');
  await metrics.close();
});

it.each([
  ['OTEL_METRICS_EXPORTER', 'console'],
  ['OTEL_METRIC_EXPORT_INTERVAL', 'often'],
  ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', 'delta'],
])('names the variable that is wrong: %s', async (name, value) => {
  await expect(startMetrics('maestro-test', { [name]: value })).rejects.toMatchObject({
    code: 'config.invalid',
    message: expect.stringContaining(name) as string,
  });
});
