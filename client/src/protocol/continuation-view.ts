import {
  Activity,
  ContinuationId,
  ContinuationStatus,
  GoalFrame,
  Instant,
  JsonValue,
  Lineage,
  RecipeReference,
  StoredEvent,
  WakeCause,
  WakeCondition,
} from '@maestro/core';
import { z } from 'zod';

/** How the last tick began. */
export const LastWake = z.object({
  cause: WakeCause,
  at: Instant,
  /** How long after it was due, in ms. */
  lateMs: z.int().min(0),
  /** What else the continuation was waiting for. */
  pending: z.array(z.string()),
});

/** Money and tokens. */
export const BudgetView = z.object({
  capUsd: z.number().min(0),
  softCapUsd: z.number().min(0),
  spentUsd: z.number().min(0),
  /** Held for steps that are under way. */
  reservedUsd: z.number().min(0),
  /** Carved out for children. */
  grantedUsd: z.number().min(0),
  inputTokens: z.int().min(0),
  outputTokens: z.int().min(0),
});

/** Answer of `GET /continuations/{id}`. */
export const ContinuationView = z.object({
  id: ContinuationId,
  status: ContinuationStatus,
  recipe: RecipeReference,
  goal: GoalFrame.loose(),
  /** Sequence of the last event. */
  sequence: z.int().min(1),
  /** Goes up whenever another host takes the continuation over. */
  generation: z.int().min(1),
  /** Ticks so far. */
  tick: z.int().min(0),
  createdAt: Instant,
  updatedAt: Instant,
  /** When the clock moves it next; null when only an event can. */
  dueAt: Instant.nullable(),
  /** Conditions of which the first to be met ends the sleep; empty when it does not sleep. */
  waitingFor: z.array(WakeCondition),
  /** What the tick is at; null while it sleeps or has finished. */
  activity: Activity.nullable(),
  paused: z.object({ since: Instant, by: z.object({ subject: z.string() }) }).nullable(),
  /** Set while it is closed because it moves to another store; it takes nothing but `unseal` then. */
  sealed: z.object({ since: Instant, by: z.object({ subject: z.string() }) }).optional(),
  budget: BudgetView,
  lineage: Lineage,
  /** How many children it has. */
  children: z.int().min(0),
  lastWake: LastWake.nullable(),
  result: z.object({ kind: z.string(), value: JsonValue }).nullable(),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  traceId: z.string(),
  /** The last ten events, oldest first. */
  lastEvents: z.array(StoredEvent),
});
export type ContinuationView = z.infer<typeof ContinuationView>;
