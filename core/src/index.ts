// Values and hashing
export { canonicalJson } from './canonical/canonical-json.ts';
export { jsonOrUndefined } from './canonical/json-or-undefined.ts';
export { JsonValue } from './canonical/json-value.ts';
export { sha256Hex } from './canonical/sha256.ts';
export { shortened, wellFormedJson } from './canonical/well-formed.ts';

// Continuations: names, rows, state
export { copyId, CopySource } from './continuation/copy-id.ts';
export {
  actorIdOf,
  CONTINUATION_ACTOR_TYPE,
  ContinuationId,
  deriveChildId,
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
export { Redirection } from './goal/redirection.ts';
export { GoalFrame, RecipeReference, Sensitivity, StoredGoalFrame } from './goal/goal-frame.ts';
export {
  Budget,
  DEFAULT_CAP_USD,
  MAX_BUDGET_USD,
  microUsd,
  Usd,
  MicroUsd,
  newBudget,
  remainderOf,
} from './budget/budget.ts';
export { RedactionSettings, StoredRedactionSettings } from './tenant/redaction-settings.ts';
export { TenantLimits } from './tenant/tenant-limits.ts';
export { checkAllowed, TenantBudget, type TenantAllowance } from './tenant/tenant-allowance.ts';
export { isTombstone, tombstone, TOMBSTONE_BEGINNING } from './tenant/tombstone.ts';
export {
  StateComponent,
  TenantDeletion,
  TenantDeletionRow,
  tenantDeletionKey,
  tenantStoreKey,
  TenantStoreRow,
} from './tenant/tenant-facts.ts';
export { isErasable } from './tenant/erasable.ts';
export {
  defaultTenantDocument,
  Residency,
  TenantDocument,
  tenantDocumentKey,
  tenantPartition,
} from './tenant/tenant-document.ts';
export { Lineage, rootLineage } from './lineage/lineage.ts';
export { Decision, Runtime, Tier } from './decision/decision.ts';
export { FieldItem, FieldManifest, ScoreTerms } from './field/field-manifest.ts';
export {
  awaitsSignal,
  clockDueMs,
  clockOf,
  Instant,
  MAX_SLEEP_MS,
  remindersOf,
  SignalName,
  singleConditions,
  WakeCondition,
  type SingleWakeCondition,
} from './wake/wake-condition.ts';
export { checkAnswer, compileAnswerSchema } from './wake/answer-schema.ts';
export { WakeCause } from './wake/wake-cause.ts';

// Streams, and predicates of wake conditions
export {
  AttributeValue,
  checkStreamItemSize,
  MAX_STREAM_ITEM_BYTES,
  readStreamItem,
  StreamItem,
  StreamItemInput,
  StreamName,
} from './stream/stream-item.ts';
export { SiblingItem } from './stream/sibling-item.ts';
export { compilePredicate, MAX_PREDICATE_CHARS } from './predicate/compile-predicate.ts';
export type { Predicate, PredicateResult } from './predicate/predicate.ts';
export { PredicateIndex } from './predicate/predicate-index.ts';
export type { Equality } from './predicate/equalities.ts';
export type { ItemOf, PredicateKind } from './predicate/predicate-kind.ts';

// Events and the log
export {
  Beginning,
  Birth,
  CopiedState,
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
export { rootSpanIdOf, spanIdOf, traceparentOf } from './event/event-span.ts';
export { redactDraft } from './event/redact-draft.ts';
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
export {
  BlobReference,
  blobReferences,
  MAX_INLINE_BYTES,
  MAX_VALUE_BYTES,
} from './event/blob-reference.ts';
export { fold } from './log/fold.ts';
export { LogVerifier } from './log/log-verifier.ts';
export { personalData, REDACTED } from './privacy/personal-data.ts';
export { redact } from './privacy/redact.ts';
export { redactJsonTexts, redactTexts } from './privacy/redact-texts.ts';
export {
  addCounts,
  REDACTION_KINDS,
  type RedactionCounts,
  type RedactionKind,
} from './privacy/redaction-kind.ts';
export { redactNothing, textRedactorOf, type TextRedactor } from './privacy/text-redactor.ts';

// Traces
export {
  attemptSpan,
  attemptSpanIdOf,
  attemptSpansOf,
  type AttemptEnd,
  type TracedAttempt,
} from './trace/attempt-spans.ts';
export { rootSpan, turnSpans, type TurnTimes } from './trace/continuation-spans.ts';
export { SPAN_ATTRIBUTES } from './trace/span-attribute-names.ts';
export type { Span, SpanAttributes } from './trace/span.ts';

// Topics
export {
  parseTopicActorId,
  SiblingScope,
  siblingTopicName,
  topicActorId,
  TopicKind,
  topicPartition,
  WAKE_TOPIC_ACTOR_TYPE,
  type TopicRef,
} from './topic/topic-ref.ts';

// Merges
export {
  MAX_PARENTS,
  MergeConflict,
  MergeInputRow,
  MergeOutcome,
  MergeSpec,
  OnFailure,
} from './merge/merge-models.ts';
export type { MergeContext, MergeFunction, MergeInput } from './merge/merge-function.ts';
export { MERGE_FUNCTIONS, MergeRegistry } from './merge/merge-registry.ts';

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
  fork,
  humanSignal,
  next,
  publish,
  siblingPublish,
  sleep,
  streamItem,
  timerAfter,
  timerAt,
  type ChildOutcome,
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
  METRIC_LABELS,
  METRIC_VALUES,
  METRICS,
  type CounterName,
  type GaugeName,
  type GaugeValue,
  type HistogramName,
  type Labels,
  type LabelsOf,
  type MetricName,
  type Observability,
} from './ports/observability.ts';
export type { Tracing } from './ports/tracing.ts';
export type { Clock } from './ports/clock.ts';
export {
  Freeze,
  FreezeRow,
  freezeRow,
  type ActiveFreeze,
  type FreezeScope,
} from './tenant/freeze.ts';
export {
  AUDIT_GENESIS,
  auditKey,
  auditPartition,
  AuditRecord,
  auditRecord,
  AuditVerifier,
  type AuditEnd,
  type AuditEntry,
  type AuditFault,
} from './audit/audit-record.ts';
export type { AuditLog } from './ports/audit-log.ts';
export type { TenantDirectory } from './ports/tenant-directory.ts';
export type { KeyScanner, ScannedHead, StoreScanner } from './ports/store-scanner.ts';
