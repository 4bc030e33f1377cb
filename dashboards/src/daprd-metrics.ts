/** Metrics of daprd 1.18 that dashboards and rules look at; daprd shows them on a port of its own. */
export const DAPRD_METRICS = [
  'dapr_runtime_actor_reminders_fired_total',
  'dapr_runtime_actor_pending_actor_calls',
  'dapr_component_state_latencies',
  'dapr_grpc_io_client_roundtrip_latency',
  'dapr_http_healthprobes_completed_count',
] as const;

export type DaprdMetric = (typeof DAPRD_METRICS)[number];
