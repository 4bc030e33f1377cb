import { millisToHrTime } from '@opentelemetry/core';
import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base';
import {
  convertLegacyHttpOptions,
  createOtlpHttpExportDelegate,
} from '@opentelemetry/otlp-exporter-base/node-http';
import {
  JsonMetricsSerializer,
  MetricsExporterMetricsHelper,
} from '@opentelemetry/otlp-transformer';
import {
  PeriodicExportingMetricReader,
  type CollectionResult,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import type { MetricSnapshot } from '../observability/metric-snapshot.ts';
import { metricData } from './metric-data.ts';
import { serviceResource } from './service-resource.ts';

/** How long the last export may take at a shutdown, in ms. */
const CLOSE_MS = 5_000;

/** How often an {@link OtlpMetrics} exports. */
export interface OtlpMetricsOptions {
  readonly exportIntervalMillis: number;
  /** Not longer than the interval. */
  readonly exportTimeoutMillis: number;
}

/**
 * Exports what Prometheus would scrape, again and again, over OTLP/HTTP as JSON. Where to, headers, timeout and the resource are those
 * of the `OTEL_*` variables, which the exporter reads itself. Values are cumulative: what an endpoint that is away has missed, the next
 * export tells.
 */
export class OtlpMetrics {
  readonly #reader: PeriodicExportingMetricReader;

  constructor(
    service: string,
    snapshot: () => Promise<readonly MetricSnapshot[]>,
    options: OtlpMetricsOptions,
  ) {
    const resource = serviceResource(service);
    const startTime = millisToHrTime(Date.now());
    this.#reader = new PeriodicExportingMetricReader({ ...options, exporter: httpExporter() });
    this.#reader.setMetricProducer({
      collect: async (): Promise<CollectionResult> => {
        const metrics = await snapshot();
        const gathered = { startTime, endTime: millisToHrTime(Date.now()) };
        return {
          resourceMetrics: {
            resource,
            scopeMetrics: [
              {
                scope: { name: 'maestro' },
                metrics: metrics
                  .filter(({ points }) => points.length > 0)
                  .map((metric) => metricData(metric, gathered)),
              },
            ],
          },
          errors: [],
        };
      },
    });
  }

  /** Exports a last time, unless that takes too long. */
  async close(): Promise<void> {
    await this.#reader.shutdown({ timeoutMillis: CLOSE_MS }).catch(() => undefined);
  }
}

/** What `@opentelemetry/exporter-metrics-otlp-http` is made of. */
function httpExporter(): OTLPExporterBase<ResourceMetrics> {
  return new OTLPExporterBase(
    createOtlpHttpExportDelegate(
      convertLegacyHttpOptions({}, 'METRICS', 'v1/metrics', { 'Content-Type': 'application/json' }),
      JsonMetricsSerializer,
      'otlp_http_metric_exporter',
      MetricsExporterMetricsHelper,
      undefined,
    ),
  );
}
