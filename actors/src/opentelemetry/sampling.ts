import type { Tracing } from '@maestro/core';

/** The samplers that `OTEL_TRACES_SAMPLER` may name. */
export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/**
 * Which traces are kept. A share is taken by the last 56 bits of the trace id, which W3C wants to be random, so that all services
 * take the same traces.
 *
 * @param ratio of the traces that begin here, 0-1; for `traceidratio` alone.
 */
export function samplingBy(name: (typeof SAMPLERS)[number], ratio: number): Tracing['keeps'] {
  const parentBased = name.startsWith('parentbased_');
  const own = name.replace('parentbased_', '');
  return (traceId, callerSampled) => {
    if (parentBased && callerSampled !== undefined) return callerSampled;
    if (own === 'always_on') return true;
    if (own === 'always_off') return false;
    // The upper 52 of them: a double holds no more.
    return Number.parseInt(traceId.slice(-14, -1), 16) < ratio * 2 ** 52;
  };
}
