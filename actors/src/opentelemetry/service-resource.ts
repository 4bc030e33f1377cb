import {
  detectResources,
  envDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
  type Resource,
} from '@opentelemetry/resources';
import { hostname } from 'node:os';

/** The same for spans and metrics, so that what belongs together can be found. */
const INSTANCE = detectResources({ detectors: [serviceInstanceIdDetector] });

/** Which service and instance something is from; `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` win. */
export function serviceResource(service: string): Resource {
  return resourceFromAttributes({
    'service.name': service,
    'host.name': hostname(),
    'process.pid': process.pid,
  })
    .merge(INSTANCE)
    .merge(detectResources({ detectors: [envDetector] }));
}
