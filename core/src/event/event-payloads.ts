import { z } from 'zod';
import { JsonValue } from '../canonical/json-value.ts';
import { Budget, MicroUsd } from '../budget/budget.ts';
import { ContinuationId } from '../continuation/identifiers.ts';
import { Runtime, Tier } from '../decision/decision.ts';
import { isErrorCode } from '../errors/catalogue.ts';
import { StoredGoalFrame } from '../goal/goal-frame.ts';
import { Lineage } from '../lineage/lineage.ts';
import { personalData } from '../privacy/personal-data.ts';
import { Artifact, StepName, StepOutcome } from '../recipe/step-outcome.ts';
import { WakeCause } from '../wake/wake-cause.ts';
import { Instant, SignalName, WakeCondition } from '../wake/wake-condition.ts';

/** Who asked for something: the token's subject stays in the log, the display name does not. */
export const Requester = z.looseObject({
  subject: z.string().min(1).max(200),
  name: personalData(z.string().max(200), 'name').optional(),
});
export type Requester = z.infer<typeof Requester>;

/** Names one run of a step: `{step}#{count}`, the same for every attempt. */
export const StepId = z.string().regex(/^[a-z][a-z0-9-]{0,62}#[1-9][0-9]*$/);
const Attempt = z.int().min(1);

/** The continuation comes into being. Always the first event. */
export const SpawnPayload = z.looseObject({
  goal: StoredGoalFrame,
  budget: Budget,
  lineage: Lineage,
  requestedBy: Requester,
  /** SHA-256 of the canonical request: tells a repeated request from another one under the same key. */
  requestHash: z.string().regex(/^[0-9a-f]{64}$/),
  firstStep: StepName,
  recipeState: JsonValue,
});

/** A tick begins. */
export const WakePayload = z.looseObject({
  cause: WakeCause,
  /** Sequence of the sleep event that this ends; null at birth. */
  waitId: z.int().min(1).nullable(),
  tick: z.int().min(1),
  /** How long after it was due, in ms (0 for causes without a due time). */
  lateMs: z.int().min(0),
  /** What else the continuation was waiting for. */
  pending: z.array(z.string()),
});

export const ModelCallPayload = z.looseObject({
  stepId: StepId,
  attempt: Attempt,
  tier: Tier,
  provider: z.string().min(1),
  model: z.string().min(1),
  runtime: Runtime,
  inputTokens: z.int().min(0),
  outputTokens: z.int().min(0),
  latencyMs: z.number().min(0),
  safetyOutcome: z.enum(['passed', 'filtered', 'blocked', 'unknown']),
});

export const ToolCallPayload = z.looseObject({
  stepId: StepId,
  attempt: Attempt,
  tool: z.string().min(1).max(200),
  input: JsonValue,
  output: JsonValue.optional(),
  error: z.string().optional(),
  latencyMs: z.number().min(0),
});

/** An artifact leaves; `final` completes the continuation. */
export const PublishPayload = z.looseObject({
  final: z.boolean(),
  artifact: Artifact,
  /** The step that goes on afterwards; absent when final. */
  next: StepName.optional(),
});

export const ForkPayload = z.looseObject({
  children: z
    .array(z.looseObject({ id: ContinuationId, index: z.int().min(0), budgetMicroUsd: MicroUsd }))
    .min(1)
    .max(100),
});

export const MergePayload = z.looseObject({
  /** Written in the child and in every parent. */
  role: z.enum(['child', 'parent']),
  child: ContinuationId,
  parents: z.array(ContinuationId).min(1).max(100),
  function: z.string().min(1).max(200),
});

/** The tick ends and waits. */
export const SleepPayload = z.looseObject({ wake: WakeCondition, step: StepName });

/** The continuation is ended before it completed. */
export const KillPayload = z.looseObject({
  reason: z.enum(['requested', 'budget', 'policy', 'frozen']),
});

export const BudgetChargePayload = z.looseObject({
  stepId: StepId,
  attempt: Attempt,
  tier: Tier,
  microUsd: MicroUsd,
  inputTokens: z.int().min(0),
  outputTokens: z.int().min(0),
  latencyMs: z.number().min(0),
  runtime: Runtime,
});

/** A person spoke: a control signal (kill, pause, resume, seal, unseal) or one that a sleep waits for. */
export const HumanSignalPayload = z.looseObject({
  signal: SignalName,
  /** Names the request; the same id is taken once. */
  requestId: z.string().min(1).max(200),
  /** SHA-256 of the canonical signal and payload: tells a repeated request from another one under the same id. */
  requestHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  by: Requester,
  note: personalData(z.string().max(4000), 'free-text').optional(),
  payload: JsonValue.optional(),
});

/** Something went wrong; `final` fails the continuation, otherwise the step is tried again at `retryAt`. */
export const ErrorPayload = z.looseObject({
  code: z.string().refine(isErrorCode, 'must be a code of the catalogue'),
  message: z.string().max(4000),
  final: z.boolean(),
  stepId: StepId.optional(),
  attempt: Attempt.optional(),
  retryAt: Instant.optional(),
});

/** A step is about to run detached (`intended`), or has ended (`finished`). */
export const StepPayload = z.discriminatedUnion('phase', [
  z.looseObject({
    phase: z.literal('intended'),
    stepId: StepId,
    step: StepName,
    attempt: Attempt,
    /** How long the attempt may be silent before it counts as lost, in ms. */
    leaseMs: z.int().min(1),
  }),
  z.looseObject({
    phase: z.literal('finished'),
    stepId: StepId,
    step: StepName,
    attempt: Attempt,
    outcome: StepOutcome,
    /** The recipe's state after the step; absent when the step left it as it was. */
    recipeState: JsonValue.optional(),
  }),
]);

/** The payload schema of every event type. */
export const EVENT_PAYLOADS = {
  spawn: SpawnPayload,
  wake: WakePayload,
  model_call: ModelCallPayload,
  tool_call: ToolCallPayload,
  publish: PublishPayload,
  fork: ForkPayload,
  merge: MergePayload,
  sleep: SleepPayload,
  kill: KillPayload,
  budget_charge: BudgetChargePayload,
  human_signal: HumanSignalPayload,
  error: ErrorPayload,
  step: StepPayload,
} as const;

/** The type of an event. */
export type EventType = keyof typeof EVENT_PAYLOADS;

/** The payload of an event type. */
export type EventPayload<T extends EventType> = z.infer<(typeof EVENT_PAYLOADS)[T]>;

/** An event as `decide` returns it: type and payload, everything else is added when it is sealed. */
export type EventDraft = {
  [T in EventType]: { readonly type: T; readonly payload: EventPayload<T> };
}[EventType];
