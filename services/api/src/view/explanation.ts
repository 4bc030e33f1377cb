import type { Explanation } from '@maestro/client/protocol';
import {
  isFinished,
  singleConditions,
  type ContinuationState,
  type SingleWakeCondition,
} from '@maestro/core';
import { plainDuration } from './plain-duration.ts';

type Awaited = Explanation['waitingFor'][number];

/** What an explanation says beyond the head. */
export interface ExplainedBy {
  /** Items that came near, by the index of the condition. */
  readonly near: ReadonlyMap<number, Awaited['near']>;
  readonly wakes: Explanation['wakes'];
}

/** Says what a continuation waits for, since when, and what would move it on; `nowMs` by its own clock. Pure. */
export function explain(
  state: ContinuationState,
  nowMs: number,
  { near, wakes }: ExplainedBy,
): Explanation {
  const waitingFor = state.wait
    ? singleConditions(state.wait.condition).map((condition, index) => ({
        ...awaited(condition, nowMs),
        ...(near.has(index) ? { near: near.get(index) } : {}),
      }))
    : [];
  const { activity } = state;
  return {
    id: state.id,
    status: state.status,
    summary: summaryOf(state, waitingFor, nowMs),
    since: sinceOf(state),
    waitingFor,
    wouldWake: wouldWake(state, waitingFor),
    ...(activity?.kind === 'running'
      ? {
          running: {
            stepId: activity.stepId,
            attempt: activity.attempt,
            since: activity.since,
            leaseMs: activity.leaseMs,
          },
        }
      : {}),
    lastWake: state.lastWake,
    wakes,
  };
}

function sinceOf({ sealed, paused, wait, activity, updatedAt }: ContinuationState): string {
  if (sealed) return sealed.since;
  if (paused) return paused.since;
  if (wait) return wait.since;
  return activity?.kind === 'running' ? activity.since : updatedAt;
}

function awaited(condition: SingleWakeCondition, nowMs: number): Awaited {
  switch (condition.kind) {
    case 'timer':
      return { kind: 'timer', ...clock(condition.at, nowMs) };
    case 'human':
      return {
        kind: 'human',
        signal: condition.signal,
        ...(condition.roles ? { roles: condition.roles } : {}),
        ...(condition.timeout ? clock(condition.timeout, nowMs) : {}),
      };
    case 'stream':
      return { kind: 'stream', stream: condition.stream, ...predicateOf(condition) };
    case 'sibling':
      return {
        kind: 'sibling',
        tag: condition.tag,
        within: condition.within ?? 'root',
        ...predicateOf(condition),
      };
    case 'parents':
      return {
        kind: 'parents',
        need: condition.need,
        ...(condition.deadline ? clock(condition.deadline, nowMs) : {}),
      };
  }
}

function clock(at: string, nowMs: number): Pick<Required<Awaited>, 'at' | 'inMs'> {
  return { at, inMs: Date.parse(at) - nowMs };
}

function predicateOf({ predicate }: { readonly predicate?: string | undefined }): {
  predicate?: string;
} {
  return predicate === undefined ? {} : { predicate };
}

/** What a sleep waits for, in words. */
function words({ kind, at, inMs = 0, signal, stream, tag, within, need }: Awaited): string {
  const when = `${at} (${inMs >= 0 ? `in ${plainDuration(inMs)}` : `overdue by ${plainDuration(inMs)}`})`;
  switch (kind) {
    case 'timer':
      return `the clock at ${when}`;
    case 'human':
      return `the signal '${signal}'${at === undefined ? '' : `, or its timeout at ${when}`}`;
    case 'stream':
      return `an item of the stream '${stream}'`;
    case 'sibling':
      return within === 'tenant'
        ? `anybody of the tenant who publishes under '${tag}'`
        : `a sibling that publishes under '${tag}'`;
    case 'parents':
      return `${need} of its parents to end${at === undefined ? '' : `, or the deadline at ${when}`}`;
  }
}

function summaryOf(
  state: ContinuationState,
  waitingFor: readonly Awaited[],
  nowMs: number,
): string {
  const { activity, paused, sealed, tick, failure } = state;
  const ticks = `${tick} tick${tick === 1 ? '' : 's'}`;
  const ago = `${plainDuration(nowMs - Date.parse(sinceOf(state)))} ago`;
  switch (state.status) {
    case 'completed':
      return `It completed ${ago}, after ${ticks}.`;
    case 'killed':
      return `It was killed ${ago}, after ${ticks}.`;
    case 'failed':
      return `It failed ${ago}, after ${ticks}: ${failure?.message ?? 'no reason is recorded'} (${failure?.code ?? 'unknown'}).`;
    case 'paused': {
      if (sealed) {
        return `It was sealed ${ago} by ${sealed.by.subject} to be moved to another store, and does nothing here until it is unsealed.`;
      }
      const running =
        activity?.kind === 'running' ? ` Step ${activity.stepId} still runs to its end.` : '';
      return `It was paused ${ago} by ${paused?.by.subject ?? 'somebody'} and goes on when it is resumed.${running}`;
    }
    case 'sleeping':
      return `It fell asleep ${ago} and waits for ${waitingFor.map(words).join(', or ')}.`;
    case 'running':
      break;
  }
  switch (activity?.kind) {
    case 'running':
      return `Step ${activity.stepId} has been running since ${activity.since} (attempt ${activity.attempt}).`;
    case 'retry':
      return `Step ${activity.stepId} did not get to its end; attempt ${activity.attempt} begins at ${activity.at}.`;
    case 'next':
      return `Step ${activity.step} is about to begin.`;
    case undefined:
      return 'It is between two steps.';
  }
}

function wouldWake(state: ContinuationState, waitingFor: readonly Awaited[]): string[] {
  if (isFinished(state.status)) return [];
  const { activity } = state;
  if (state.sealed) return ["the signal 'unseal', given by an operator"];
  const ends = "the signal 'kill', which ends it";
  if (state.paused) return ["the signal 'resume'", ends];
  if (activity?.kind === 'running') {
    return [
      `the end of step ${activity.stepId}`,
      `${plainDuration(activity.leaseMs)} without a heartbeat, if its host dies: the step is then run again`,
      ends,
    ];
  }
  if (activity?.kind === 'retry') return [`the clock at ${activity.at}`, ends];
  return [...waitingFor.map(words), ends];
}
