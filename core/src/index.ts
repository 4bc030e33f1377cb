// Values and hashing
export { canonicalJson } from './canonical/canonical-json.ts';
export { JsonValue } from './canonical/json-value.ts';
export { sha256Hex } from './canonical/sha256.ts';
export { shortened, wellFormedJson } from './canonical/well-formed.ts';

// Continuations: names, rows, state
export {
  actorIdOf,
  CONTINUATION_ACTOR_TYPE,
  ContinuationId,
  deriveContinuationId,
  parseActorId,
  TenantSlug,
  type ContinuationRef,
} from './continuation/identifiers.ts';
export { isOperatorSignal } from './continuation/operator-signals.ts';
export {
  headKey,
  logKey,
  partitionKeyOf,
  SNAPSHOT_INTERVAL,
  snapshotKey,
} from './continuation/row-keys.ts';
export {
  Activity,
  ContinuationState,
  ContinuationStatus,
  FOLD_VERSION,
  isFinished,
  STATE_SCHEMA_VERSION,
  Wait,
} from './continuation/continuation-state.ts';

// What a continuation is about
export { GoalFrame, RecipeReference, Sensitivity, StoredGoalFrame } from './goal/goal-frame.ts';
export { Budget, DEFAULT_CAP_MICRO_USD, MicroUsd, newBudget } from './budget/budget.ts';
export { Lineage, rootLineage } from './lineage/lineage.ts';
export { Decision, Runtime, Tier } from './decision/decision.ts';
export { FieldItem, FieldManifest, ScoreTerms } from './field/field-manifest.ts';
export {
  clockDueMs,
  Instant,
  MAX_SLEEP_MS,
  SignalName,
  singleConditions,
  WakeCondition,
  type SingleWakeCondition,
} from './wake/wake-condition.ts';
export { WakeCause } from './wake/wake-cause.ts';

// Events and the log
export {
  EVENT_PAYLOADS,
  Requester,
  type EventDraft,
  type EventPayload,
  type EventType,
} from './event/event-payloads.ts';
export {
  EVENT_VERSION,
  EventEnvelope,
  StoredEvent,
  type ContinuationEvent,
} from './event/stored-event.ts';
export { traceparentOf } from './event/event-span.ts';
export { sealEvent, MAX_ROW_BYTES, type SealedEvent } from './event/seal.ts';
export { parseStoredEvent } from './event/parse-stored-event.ts';
export { upcast, type Upcaster, type UpcasterTable } from './event/upcast.ts';
export {
  CHAIN_START,
  checkLink,
  GENESIS_HASH,
  type ChainFault,
  type ChainPosition,
} from './event/hash-chain.ts';
export { BlobReference, MAX_INLINE_BYTES, MAX_VALUE_BYTES } from './event/blob-reference.ts';
export { fold } from './log/fold.ts';
export { LogVerifier } from './log/log-verifier.ts';
export { personalData, REDACTED } from './privacy/personal-data.ts';
export { redact } from './privacy/redact.ts';

// Errors
export { ERROR_CATALOGUE, isErrorCode, type ErrorCode } from './errors/catalogue.ts';
export { MaestroError, type ErrorDetail, type ErrorWire } from './errors/maestro-error.ts';

// Writing recipes
export {
  defineRecipe,
  type DetachedStepContext,
  type Recipe,
  type RecipeDefinition,
  type StepContext,
  type StepDefinition,
} from './recipe/define-recipe.ts';
export {
  complete,
  fail,
  humanSignal,
  next,
  publish,
  sleep,
  timerAfter,
  timerAt,
  type Outcome,
} from './recipe/outcome.ts';
export { Artifact, StepOutcome } from './recipe/step-outcome.ts';
export { readOutcome, readRecipeState, type ReadOutcome } from './recipe/read-outcome.ts';
export { RecipeRegistry } from './recipe/recipe-registry.ts';

// Ports
export type { BlobStore } from './ports/blob-store.ts';
export type {
  CommitResult,
  ContinuationStore,
  LogCommit,
  LogRestore,
  RestoreResult,
} from './ports/continuation-store.ts';
export type { EventLog } from './ports/event-log.ts';
export type { Scheduler } from './ports/scheduler.ts';
export type { BusHandler, BusMessage, StreamBus } from './ports/stream-bus.ts';
export type { ModelAnswer, ModelDispatch, ModelRequest } from './ports/model-dispatch.ts';
export type { Identity, Principal } from './ports/identity.ts';
export {
  METRICS,
  type CounterName,
  type HistogramName,
  type Labels,
  type Observability,
} from './ports/observability.ts';
export type { Clock } from './ports/clock.ts';
export type { ScannedHead, StoreScanner } from './ports/store-scanner.ts';
