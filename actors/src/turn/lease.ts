import { isFinished } from '@maestro/core';
import type { Memory } from './activation.ts';
import { LEASE_MS } from './advance.ts';
import { realMs } from './virtual-time.ts';

/** When there is something to do next, in ms since the epoch by everybody's clock; none when nothing is left, or only somebody else can go on. */
export function duesOf(memory: Memory): readonly number[] {
  const { state } = memory;
  if (!state || isFinished(state.status) || state.dueMs === null) return [];
  return [realMs(state, state.activity?.kind === 'running' ? leaseEndMs(memory) : state.dueMs)];
}

/** When the running step counts as lost, in ms since the epoch by the continuation's own clock: by the log, or by heartbeats since. */
export function leaseEndMs({ state, lease }: Memory): number {
  const { activity } = state ?? {};
  if (activity?.kind !== 'running') return Number.POSITIVE_INFINITY;
  const byLog = Date.parse(activity.since) + activity.leaseMs;
  const extended =
    lease && lease.stepId === activity.stepId && lease.attempt === activity.attempt
      ? lease.untilMs
      : 0;
  return Math.max(byLog, extended);
}

/** Gives the running step another lease from now on; it lives in memory alone. */
export function extendLease(memory: Memory, nowMs: number): void {
  const activity = memory.state?.activity;
  if (activity?.kind !== 'running') return;
  memory.lease = { stepId: activity.stepId, attempt: activity.attempt, untilMs: nowMs + LEASE_MS };
}
