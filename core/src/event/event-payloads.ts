import { z } from 'zod';
import { JsonValue } from '../canonical/json-value.ts';
import { Budget, MicroUsd } from '../budget/budget.ts';
import { ContinuationId } from '../continuation/identifiers.ts';
import { Runtime, Tier } from '../decision/decision.ts';
import { isErrorCode } from '../errors/catalogue.ts';
import { StoredGoalFrame } from '../goal/goal-frame.ts';
import { Lineage } from '../lineage/lineage.ts';
import {
  MAX_PARENTS,
  MergeInputRow,
  MergeOutcome,
  MergeSpec,
  MergeState,
} from '../merge/merge-models.ts';
import { personalData } from '../privacy/personal-data.ts';
import type { RedactionCounts } from '../privacy/redaction-kind.ts';
import { verbatim } from '../privacy/verbatim.ts';
import { Artifact, StepName, StepOutcome } from '../recipe/step-outcome.ts';
import { TopicKind } from '../topic/topic-ref.ts';
import { LastWake, WakeCause } from '../wake/wake-cause.ts';
import { Instant, SignalName, WakeCondition } from '../wake/wake-condition.ts';

/** Who asked for something: the token's subject stays in the log, the display name does not. */
export const Requester = z.looseObject({
  subject: verbatim(z.string().min(1).max(200), 'the id of an account'),
  name: personalData(z.string().max(200), 'name').optional(),
});
export type Requester = z.infer<typeof Requester>;

/** Names one run of a step: `{step}#{count}`, the same for every attempt. */
export const StepId = z.string().regex(/^[a-z][a-z0-9-]{0,62}#[1-9][0-9]*$/);
const Attempt = z.int().min(1);

/** Where a continuation that is a copy begins, beyond recipe, state and first step. */
export const CopiedState = z.looseObject({
  /** Ticks and steps of the copied one so far: the counts go on. */
  tick: z.int().min(0),
  steps: z.int().min(0),
  /** It begins asleep, with the wait of the copied one. Otherwise in the middle of a tick, with the first step. */
  wake: WakeCondition.optional(),
  /** The signal and the wake that began the tick. */
  signal: z
    .looseObject({ name: verbatim(z.string(), 'a signal'), payload: JsonValue.optional() })
    .optional(),
  lastWake: LastWake.optional(),
  /** What came of the merge that the copied one is. */
  merge: MergeState.optional(),
});
export type CopiedState = z.infer<typeof CopiedState>;

/** Where a continuation begins. */
export const Beginning = z.looseObject({
  firstStep: StepName,
  recipeState: JsonValue,
  /** Of a fork that copies; absent where the recipe starts. */
  copied: CopiedState.optional(),
});
export type Beginning = z.infer<typeof Beginning>;

/** The continuation comes into being. Always the first event. */
export const SpawnPayload = Beginning.extend({
  goal: StoredGoalFrame,
  budget: Budget,
  lineage: Lineage,
  requestedBy: Requester,
  /** SHA-256 of the canonical request: tells a repeated request from another one under the same key. */
  requestHash: z.string().regex(/^[0-9a-f]{64}$/),
  /** Of a merge: it begins asleep, and waits for its parents. */
  merge: MergeSpec.optional(),
});

/** Topics that a sleep had subscribed to and that did not end it. */
const Unsubscribed = z.array(
  z.looseObject({
    kind: TopicKind,
    name: verbatim(z.string(), 'a topic'),
    index: z.int().min(0),
  }),
);

/** A tick begins. */
export const WakePayload = z.looseObject({
  cause: WakeCause,
  /** Sequence of the sleep event that this ends; null at birth. */
  waitId: z.int().min(1).nullable(),
  tick: z.int().min(1),
  /** How long after it was due, in ms (0 for causes without a due time). */
  lateMs: z.int().min(0),
  /** What else the continuation was waiting for. */
  pending: z.array(verbatim(z.string(), 'kinds of conditions, and signals')),
  /** The item that ended the sleep, and its position in its topic. */
  item: JsonValue.optional(),
  position: z.int().min(1).optional(),
  /** What the sleep had subscribed to besides, and by which event. */
  subscribed: z.int().min(1).optional(),
  unsubscribe: Unsubscribed.optional(),
});

export const ModelCallPayload = z.looseObject({
  stepId: StepId,
  attempt: Attempt,
  tier: Tier,
  provider: verbatim(z.string().min(1), 'a provider'),
  model: verbatim(z.string().min(1), 'a model'),
  runtime: Runtime,
  inputTokens: z.int().min(0),
  outputTokens: z.int().min(0),
  latencyMs: z.number().min(0),
  safetyOutcome: z.enum(['passed', 'filtered', 'blocked', 'unknown']),
});

export const ToolCallPayload = z.looseObject({
  stepId: StepId,
  attempt: Attempt,
  tool: verbatim(z.string().min(1).max(200), 'a tool'),
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
  /** Of a reminder of what the sleep waits for: which one it is. */
  reminder: z.int().min(1).optional(),
});

/** How a child is spawned. */
export const Birth = Beginning.extend({ goal: StoredGoalFrame });
export type Birth = z.infer<typeof Birth>;

/** Children are made. Everything that it takes is here, so that after a crash the same children come of it. */
export const ForkPayload = z.looseObject({
  children: z
    .array(
      z.looseObject({
        id: ContinuationId,
        index: z.int().min(0),
        budgetMicroUsd: MicroUsd,
        /** What is other than in `birth`. */
        birth: Birth.partial().optional(),
      }),
    )
    .min(1)
    .max(100),
  /** The event that the children are copies as of, or begin at. */
  from: z.int().min(1).optional(),
  birth: Birth.optional(),
  /** Of a fork that was asked for from outside. */
  requestId: verbatim(z.string().min(1).max(200), 'an idempotency key').optional(),
  requestHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  by: Requester.optional(),
});

/** Several continuations become one. Written in the child and in every parent. */
export const MergePayload = z.looseObject({
  role: z.enum(['child', 'parent']),
  child: ContinuationId,
  parents: z.array(ContinuationId).min(1).max(MAX_PARENTS),
  function: verbatim(z.string().min(1).max(200), 'a merge function'),
  /** In a parent: whether it has ended and hands itself over; otherwise it is only asked to. */
  settled: z.boolean().optional(),
  /** What is left of the parent's budget and goes to the child. */
  returnedMicroUsd: MicroUsd.optional(),
  /** In the child: what one parent brought. */
  input: MergeInputRow.optional(),
  /** In the child: what came of it. */
  merged: MergeOutcome.optional(),
});

/** The tick ends and waits. */
export const SleepPayload = z.looseObject({ wake: WakeCondition, step: StepName });

/** The continuation is ended before it completed. */
export const KillPayload = z.looseObject({
  reason: z.enum(['requested', 'budget', 'policy', 'frozen']),
  /** What the sleep that ended with it had subscribed to, and by which event. */
  subscribed: z.int().min(1).optional(),
  unsubscribe: Unsubscribed.optional(),
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
  requestId: verbatim(z.string().min(1).max(200), 'an idempotency key'),
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
  code: verbatim(
    z.string().refine(isErrorCode, 'must be a code of the catalogue'),
    'a code of the catalogue',
  ),
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
  [T in EventType]: {
    readonly type: T;
    readonly payload: EventPayload<T>;
    /** What was taken out of its free text; none where that was not looked at. */
    readonly redactions?: RedactionCounts | undefined;
  };
}[EventType];
