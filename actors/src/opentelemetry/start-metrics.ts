import { z } from 'zod';
import { PrometheusObservability } from '../observability/prometheus-observability.ts';
import { readEnvironment } from '../service/service-environment.ts';

const Duration = z.coerce.number('must be a number of ms').int().min(1);

/** OpenTelemetry's own variables; an empty one counts as not set. */
const MetricsEnvironment = z.object({
  OTEL_METRICS_EXPORTER: z
    .enum(['otlp', 'prometheus', 'none'], 'must be otlp, prometheus or none')
    .optional(),
  OTEL_METRIC_EXPORT_INTERVAL: Duration.default(60_000),
  OTEL_METRIC_EXPORT_TIMEOUT: Duration.default(30_000),
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: z
    .string()
    .regex(/^cumulative$/i, 'must be cumulative')
    .optional(),
});

/** What a process counts and measures with. */
export interface Metrics {
  readonly observability: PrometheusObservability;
  /** Exports a last time, where metrics are exported. */
  close(): Promise<void>;
}

/**
 * Begins to count. Metrics can be scraped; they are also exported over OTLP/HTTP if the environment names an endpoint, or says
 * `OTEL_METRICS_EXPORTER=otlp`. Otherwise nothing of OpenTelemetry is loaded.
 *
 * @param service name of the service unless `OTEL_SERVICE_NAME` gives one.
 * @throws MaestroError `config.invalid`, naming each variable and what it has to be.
 */
export async function startMetrics(
  service: string,
  environment: NodeJS.ProcessEnv,
): Promise<Metrics> {
  const observability = new PrometheusObservability();
  const scrapedAlone: Metrics = { observability, close: async () => undefined };
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  if (set['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return scrapedAlone;
  const data = readEnvironment(MetricsEnvironment, set);
  const endpoint = set['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'] ?? set['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const exporter = data.OTEL_METRICS_EXPORTER ?? (endpoint === undefined ? 'none' : 'otlp');
  if (exporter !== 'otlp') return scrapedAlone;
  const { OtlpMetrics } = await import('./otlp-metrics.ts');
  const exported = new OtlpMetrics(service, () => observability.snapshot(), {
    exportIntervalMillis: data.OTEL_METRIC_EXPORT_INTERVAL,
    exportTimeoutMillis: Math.min(
      data.OTEL_METRIC_EXPORT_TIMEOUT,
      data.OTEL_METRIC_EXPORT_INTERVAL,
    ),
  });
  return { observability, close: () => exported.close() };
}
