import { parseStoredEvent, type Observability } from '@maestro/core';
import type { EventSink } from '../reader/event-reader.ts';

/** Counts what a sink takes, and measures how long after it was made. */
export function measuredSink(
  sink: EventSink,
  observability: Observability,
  nowMs: () => number,
): EventSink {
  return {
    position: (ref) => sink.position(ref),
    append: async (ref, from, rows) => {
      await sink.append(ref, from, rows);
      observability.count('maestro_warehouse_events_total', {}, rows.length);
      const last = rows.at(-1);
      if (last === undefined) return;
      const lagMs = nowMs() - Date.parse(parseStoredEvent(last).at);
      observability.record('maestro_warehouse_lag_ms', Math.max(0, lagMs));
    },
  };
}
