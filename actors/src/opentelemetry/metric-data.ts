import type { HrTime } from '@opentelemetry/api';
import { ValueType } from '@opentelemetry/api';
import {
  AggregationTemporality,
  DataPointType,
  type DataPoint,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import type { MetricSnapshot } from '../observability/metric-snapshot.ts';

/** From when and until when values were gathered. */
export interface Gathered {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

/** A metric as OpenTelemetry has it, cumulative since the start. */
export function metricData(metric: MetricSnapshot, gathered: Gathered): MetricData {
  const common = {
    descriptor: {
      name: metric.name,
      description: metric.help,
      // The name ends with it; one beside it would be appended to the name by who turns this into Prometheus' metrics.
      unit: '',
      valueType: ValueType.DOUBLE,
    },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  if (metric.kind === 'histogram') {
    return {
      ...common,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: metric.points.map(({ labels, count, sum, counts }) => ({
        ...gathered,
        attributes: { ...labels },
        value: { count, sum, buckets: { boundaries: [...metric.bounds], counts: [...counts] } },
      })),
    };
  }
  const dataPoints: DataPoint<number>[] = metric.points.map(({ labels, value }) => ({
    ...gathered,
    attributes: { ...labels },
    value,
  }));
  return metric.kind === 'counter'
    ? { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    : { ...common, dataPointType: DataPointType.GAUGE, dataPoints };
}
