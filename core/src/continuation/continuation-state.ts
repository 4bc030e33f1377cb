import { z } from 'zod';
import { JsonValue } from '../canonical/json-value.ts';
import { Budget } from '../budget/budget.ts';
import { Requester, StepId } from '../event/event-payloads.ts';
import { StoredGoalFrame } from '../goal/goal-frame.ts';
import { Lineage } from '../lineage/lineage.ts';
import { MergeState } from '../merge/merge-models.ts';
import { Artifact, StepName } from '../recipe/step-outcome.ts';
import { LastWake } from '../wake/wake-cause.ts';
import { Instant, WakeCondition } from '../wake/wake-condition.ts';
import { ContinuationId, TenantSlug } from './identifiers.ts';

/** Version of the head's shape; an older head is not trusted, the log is folded again. */
export const STATE_SCHEMA_VERSION = 1;

/** Version of the fold: two releases with the same one fold the same log to the same bytes. */
export const FOLD_VERSION = 1;

/** How many request ids of signals are remembered, so that a repeated one changes nothing. */
export const REMEMBERED_REQUESTS = 32;

export const ContinuationStatus = z.enum([
  'running',
  'sleeping',
  'paused',
  'completed',
  'failed',
  'killed',
]);
export type ContinuationStatus = z.infer<typeof ContinuationStatus>;

/** Whether nothing more will happen. */
export function isFinished(status: ContinuationStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'killed';
}

/** What the tick is at; null while the continuation sleeps or has finished. */
export const Activity = z.discriminatedUnion('kind', [
  /** The next step has not been started: the turn was full, or the continuation is paused. */
  z.looseObject({ kind: z.literal('next'), step: StepName }),
  /** A detached step is under way. */
  z.looseObject({
    kind: z.literal('running'),
    step: StepName,
    stepId: StepId,
    attempt: z.int().min(1),
    since: Instant,
    leaseMs: z.int().min(1),
  }),
  /** A detached step failed or was interrupted and is tried again. */
  z.looseObject({
    kind: z.literal('retry'),
    step: StepName,
    stepId: StepId,
    attempt: z.int().min(1),
    at: Instant,
  }),
]);
export type Activity = z.infer<typeof Activity>;

/** A sleep that has not ended. */
export const Wait = z.looseObject({
  /** Sequence of the sleep event. */
  waitId: z.int().min(1),
  since: Instant,
  condition: WakeCondition,
  /** The step that goes on after the wake. */
  step: StepName,
  /** How many of its reminders were published. Absent before the first. */
  reminded: z.int().min(1).optional(),
  /** The event by which it subscribed to its topics anew. Absent as long as that is the sleep itself. */
  subscribed: z.int().min(1).optional(),
});
export type Wait = z.infer<typeof Wait>;

/** A continuation as its log folds to: the head row is the canonical JSON of this. */
export const ContinuationState = z.looseObject({
  schemaVersion: z.literal(STATE_SCHEMA_VERSION),
  foldVersion: z.literal(FOLD_VERSION),
  tenant: TenantSlug,
  id: ContinuationId,
  status: ContinuationStatus,
  generation: z.int().min(1),
  sequence: z.int().min(1),
  /** Hash of the last event. */
  hash: z.string(),
  /** Commit that wrote the last event. */
  commit: z.string(),
  /** Up to which sequence effects were known to be done at the last commit. */
  done: z.int().min(0),
  /** When the continuation has to be looked at next, in ms since the epoch; null when only an event can move it. */
  dueMs: z.int().nullable(),
  goal: StoredGoalFrame,
  budget: Budget,
  lineage: Lineage,
  trace: z.looseObject({ traceId: z.string() }),
  requestHash: z.string(),
  createdAt: Instant,
  updatedAt: Instant,
  /** How far its own clock is ahead of everybody else's, in ms: what was skipped. Absent unless something was. */
  skippedMs: z.int().min(1).optional(),
  tick: z.int().min(0),
  /** Steps started so far; numbers the step ids. */
  steps: z.int().min(0),
  recipeState: JsonValue,
  activity: Activity.nullable(),
  wait: Wait.nullable(),
  paused: z.looseObject({ since: Instant, by: Requester }).nullable(),
  /** Closed, because it goes on in another store. Absent unless it is: states without a seal have the bytes they always had. */
  sealed: z.looseObject({ since: Instant, by: Requester }).optional(),
  lastWake: LastWake.nullable(),
  /** Positions of the items that it was woken by last, by `{kind}/{topic}`. Absent without any. */
  cursors: z.record(z.string(), z.int()).optional(),
  /** From when on items count that no cursor counts. Absent: from its birth. */
  itemsSince: Instant.optional(),
  /** The signal that ended the last sleep, for the step that follows. */
  signal: z.looseObject({ name: z.string(), payload: JsonValue.optional() }).nullable(),
  /** The signals taken last: a repeated one changes nothing, another one under the same id is refused. */
  requests: z
    .array(
      z.looseObject({
        id: z.string(),
        hash: z.string().nullable(),
        /** The event of a fork, and how many children it made. */
        fork: z.looseObject({ sequence: z.int(), children: z.int() }).optional(),
      }),
    )
    .max(REMEMBERED_REQUESTS),
  artifacts: z.int().min(0),
  /** Events that made children, and how many of those there are. Absent without any. */
  offspring: z
    .looseObject({ sequences: z.array(z.int().min(1)), children: z.int().min(1) })
    .optional(),
  /** Of a merge: what it is to do, what its parents have brought so far, and what came of it. */
  merge: MergeState.optional(),
  /** Merges that this is a parent of. Absent without any. */
  joins: z
    .array(z.looseObject({ child: ContinuationId, function: z.string(), settled: z.boolean() }))
    .optional(),
  result: Artifact.nullable(),
  failure: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
});
export type ContinuationState = z.infer<typeof ContinuationState>;
