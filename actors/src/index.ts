// The host and its turn
export { ContinuationHost, type Envelope, type ReminderData } from './host/continuation-host.ts';
export { Command, type CommandOf, type Reply } from './turn/command.ts';
export { decide } from './turn/decide.ts';
export type { DecideContext, Decision } from './turn/decision.ts';
export { routeStreams, STREAMS_TOPIC, type StreamsMessage } from './topic/route-streams.ts';
export type { TopicCommand, TopicGateway, TopicReply } from './topic/topic-command.ts';
export { TopicHost, wakeOf } from './topic/topic-host.ts';
export { EVENTS_TOPIC, type EventsMessage } from './turn/effects.ts';
export { loadState } from './turn/load-state.ts';
export type { TurnPorts } from './turn/turn-ports.ts';
export {
  CRASH_POINTS,
  crashHookFrom,
  freezeHookFrom,
  noCrash,
  type CrashHook,
  type CrashPoint,
} from './turn/crash-points.ts';
export type { StepGateway } from './step/step-gateway.ts';
export type { StepTimes } from './step/step-runner.ts';

export { CommandSender, type SendOptions } from './host/command-sender.ts';
export { LocalContinuations } from './host/local-continuations.ts';

// The store
export { FencedStore } from './store/fenced-store.ts';
export { StoredAudit } from './audit/stored-audit.ts';
export { frozen } from './turn/frozen.ts';
export { standingOf } from './turn/standing.ts';
export { StoredTenants } from './tenant/stored-tenants.ts';
export { RowEraser, type Erased } from './tenant/row-eraser.ts';
export { GroupCommit } from './store/group-commit.ts';
export type { RowStore, RowWrite } from './store/row-store.ts';

// Dapr
export { actorCallbacks } from './dapr/actor-callbacks.ts';
export { commandOf, type ActorCall, type CallGuard } from './dapr/call-guard.ts';
export { isSignedBy, signCall } from './dapr/call-signature.ts';
export { actorRoutes } from './dapr/actor-routes.ts';
export { DaprBlobStore } from './dapr/dapr-blob-store.ts';
export { connectRows, connectStore } from './dapr/connect-store.ts';
export { connectTenants, type ConnectedTenants } from './dapr/connect-tenants.ts';
export { ContinuationClient } from './dapr/continuation-client.ts';
export { DaprRowStore, STORE_PROFILES, type StoreProfile } from './dapr/dapr-row-store.ts';
export { DaprScheduler } from './dapr/dapr-scheduler.ts';
export { DaprStreamBus, deadLetterTopicOf, type DeadLetter } from './dapr/dapr-stream-bus.ts';
export { SidecarHttp } from './dapr/sidecar-http.ts';
export { isSidecarReady } from './dapr/sidecar-metadata.ts';

// Around it
export { checkReadiness, probeOnce, type ReadinessCheck } from './service/readiness.ts';
export {
  actorKeysOf,
  Port,
  readEnvironment,
  ServiceEnvironment,
} from './service/service-environment.ts';
export { requireAppToken } from './service/app-token.ts';
export { runUntilSignal } from './service/run-until-signal.ts';
export { systemClock } from './host/system-clock.ts';
export { InProcessBus } from './bus/in-process-bus.ts';
export { loadRecipes } from './recipe/load-recipes.ts';
export { TurnTracer } from './observability/turn-tracer.ts';
export { startMetrics, type Metrics } from './opentelemetry/start-metrics.ts';
export { startTracing } from './opentelemetry/start-tracing.ts';
export { logTurns, silentLog, type TurnLog } from './observability/turn-log.ts';
export {
  PrometheusObservability,
  type ScrapeOptions,
} from './observability/prometheus-observability.ts';
