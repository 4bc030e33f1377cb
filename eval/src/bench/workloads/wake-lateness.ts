import type { StoredEvent } from '@maestro/core';

/**
 * How late each timer wake of a log was, in ms: from the instant that the sleep named to the start of the turn, which
 * is what the wake event says itself; the two are compared.
 *
 * @throws Error when they differ, or a sleep has no wake or two.
 */
export function wakeLateness(log: readonly StoredEvent[]): readonly number[] {
  const dueMs = new Map<number, number>();
  const late: number[] = [];
  for (const event of log) {
    if (event.type === 'sleep') {
      const { wake } = event.payload as { wake: { kind: string; at?: string } };
      if (wake.kind === 'timer' && wake.at) dueMs.set(event.sequence, Date.parse(wake.at));
    }
    if (event.type !== 'wake') continue;
    const { cause, waitId, lateMs } = event.payload as {
      cause: { kind: string };
      waitId: number | null;
      lateMs: number;
    };
    if (cause.kind !== 'timer' || waitId === null) continue;
    const due = dueMs.get(waitId);
    if (due === undefined)
      throw new Error(`${event.continuation}: no sleep or a second wake for wait ${waitId}`);
    dueMs.delete(waitId);
    const measured = Date.parse(event.at) - due;
    if (Math.abs(measured - lateMs) > 1) {
      throw new Error(
        `${event.continuation}: the wake says ${lateMs} ms late, its time ${measured} ms`,
      );
    }
    late.push(measured);
  }
  if (dueMs.size > 0) throw new Error(`${log[0]?.continuation}: a sleep without a wake`);
  return late;
}
