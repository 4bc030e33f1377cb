import type { Tracing } from '@maestro/core';
import { z } from 'zod';
import { readEnvironment } from '../service/service-environment.ts';
import { SAMPLERS, samplingBy } from './sampling.ts';

const Count = z.coerce.number().int().min(1);

/** OpenTelemetry's own variables; an empty one counts as not set. */
const TracingEnvironment = z.object({
  OTEL_SDK_DISABLED: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.string().optional(),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none'], 'must be otlp or none').default('otlp'),
  OTEL_TRACES_SAMPLER: z
    .enum(SAMPLERS, `must be one of ${SAMPLERS.join(', ')}`)
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number('must be a number, 0-1')
    .min(0, 'must be a number, 0-1')
    .max(1, 'must be a number, 0-1')
    .default(1),
  OTEL_BSP_SCHEDULE_DELAY: Count.default(1_000),
  OTEL_BSP_MAX_QUEUE_SIZE: Count.default(8_192),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: Count.default(512),
});

/**
 * Exports spans over OTLP/HTTP if the environment names an endpoint; otherwise nothing of OpenTelemetry is loaded.
 *
 * @param service name of the service unless `OTEL_SERVICE_NAME` gives one.
 * @returns undefined when there is no endpoint.
 * @throws MaestroError `config.invalid`, naming each variable and what it has to be.
 */
export async function startTracing(
  service: string,
  environment: NodeJS.ProcessEnv,
): Promise<Tracing | undefined> {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const endpoint = set['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ?? set['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (endpoint === undefined || set['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') {
    return undefined;
  }
  const data = readEnvironment(TracingEnvironment, set);
  if (data.OTEL_TRACES_EXPORTER === 'none') return undefined;
  const { OtlpTracing } = await import('./otlp-tracing.ts');
  return new OtlpTracing(service, {
    keeps: samplingBy(data.OTEL_TRACES_SAMPLER, data.OTEL_TRACES_SAMPLER_ARG),
    scheduledDelayMillis: data.OTEL_BSP_SCHEDULE_DELAY,
    maxQueueSize: data.OTEL_BSP_MAX_QUEUE_SIZE,
    maxExportBatchSize: data.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
  });
}
