import type { FencedStore } from '@maestro/actors';
import { LogVerifier, parseStoredEvent, upcast, type ContinuationRef } from '@maestro/core';

/** What is wrong with a continuation's log. */
export interface LogFault {
  readonly id: string;
  readonly fault: string;
}

/** What the logs of a fleet say. */
export interface FleetReport {
  readonly events: number;
  readonly wakes: number;
  readonly attempts: number;
  readonly maxLateMs: number;
  readonly faults: readonly LogFault[];
}

const PAGE = 500;

/**
 * Reads every log and checks it: gapless, chain-valid, folding to its head byte for byte, completed, each wait ended by
 * exactly one wake, each cause used once, and nothing in it of a commit that was refused.
 */
export async function verifyFleet(
  refs: readonly ContinuationRef[],
  store: FencedStore,
  refusedCommits: ReadonlySet<string>,
): Promise<FleetReport> {
  const report = { events: 0, wakes: 0, attempts: 0, maxLateMs: 0 };
  const faults: LogFault[] = [];
  for (const ref of refs) {
    const blame = (fault: string): void => void faults.push({ id: ref.id, fault });
    const verifier = new LogVerifier(ref);
    const causes = new Set<string>();
    const waits = new Set<number>();
    for (let broken = false; !broken;) {
      const rows = await store.readRange(ref, verifier.position.sequence + 1, PAGE);
      for (const row of rows) {
        const stored = parseStoredEvent(row);
        const fault = verifier.add(stored);
        if (fault) {
          blame(`event ${fault.sequence}: ${fault.message}`);
          // Read again it would be no better.
          broken = true;
          break;
        }
        if (refusedCommits.has(stored.commit))
          blame(`event ${stored.sequence} is of a refused commit`);
        const event = upcast(stored);
        if (event.type === 'step' && event.payload.phase === 'intended') report.attempts++;
        if (event.type !== 'wake') continue;
        report.wakes++;
        report.maxLateMs = Math.max(report.maxLateMs, event.payload.lateMs);
        const { cause, waitId } = event.payload;
        if (causes.has(cause.causeId)) blame(`the cause ${cause.causeId} woke twice`);
        if (waitId !== null && waits.has(waitId)) blame(`the wait ${waitId} ended twice`);
        causes.add(cause.causeId);
        if (waitId !== null) waits.add(waitId);
      }
      if (rows.length < PAGE) break;
    }
    report.events += verifier.position.sequence;
    const head = await store.readHead(ref);
    if (head === undefined) blame('lost: there is no head');
    else if (head !== verifier.head) blame('the log does not fold to the head');
    const status = verifier.state?.status;
    if (status !== 'completed') blame(`stuck: ${status ?? 'nothing'}`);
  }
  return { ...report, faults };
}
