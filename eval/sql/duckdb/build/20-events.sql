-- The members of payloads that facts are made of, one row for each event of the window. What is not as it should be is null or cut off: no
-- payload may keep the others from being built.
drop table if exists build_event;
create temp table build_event as
select
  tenant, continuation, generation, sequence, event_type, occurred_at,
  payload.phase,
  case when regexp_full_match(payload."stepId", '[a-z][a-z0-9-]{0,62}#[1-9][0-9]{0,8}') then payload."stepId" end as step_id,
  payload.attempt, payload."leaseMs" as lease_ms,
  left(payload.outcome.kind, 20) as outcome, left(payload.code, 100) as error_code, coalesce(payload.final, false) as is_final,
  left(payload.cause.kind, 20) as cause, payload."lateMs" as late_ms, payload.tick,
  event_type = 'spawn' and (payload.merge is not null or payload.copied.wake is not null) as born_asleep,
  case when regexp_full_match(payload.goal.recipe, '[a-z0-9][a-z0-9-]{0,62}@[1-9][0-9]{0,8}') then payload.goal.recipe end as recipe,
  left(payload.goal.objective, 4000) as objective, left(payload.goal.sensitivity, 20) as sensitivity,
  left(payload."requestedBy".subject, 200) as requested_by, left(payload.lineage.root, 26) as root,
  payload.lineage.depth, payload.budget."capMicroUsd" as cap_micro_usd,
  payload.copied.tick as copied_tick, payload.copied.steps as copied_steps,
  payload.signal, left(payload.reason, 20) as reason, coalesce(len(payload.children), 0) as children,
  left(payload.tier, 40) as tier, left(payload.provider, 200) as provider, left(payload.model, 200) as model,
  left(payload.runtime, 40) as runtime, payload."inputTokens" as input_tokens,
  payload."outputTokens" as output_tokens, payload."latencyMs" as latency_ms, left(payload."safetyOutcome", 20) as safety_outcome,
  payload."microUsd" as micro_usd
from (
  select
    event.tenant, event.continuation, event.generation, event.sequence, event.event_type, event.occurred_at,
    json_transform(replace(event.row_text, '\u0000', '\ufffd'), '{"payload": {
      "phase": "VARCHAR", "stepId": "VARCHAR", "attempt": "BIGINT", "leaseMs": "BIGINT",
      "outcome": {"kind": "VARCHAR"}, "code": "VARCHAR", "final": "BOOLEAN",
      "cause": {"kind": "VARCHAR"}, "lateMs": "BIGINT", "tick": "BIGINT", "merge": "JSON",
      "copied": {"wake": "JSON", "tick": "BIGINT", "steps": "BIGINT"},
      "goal": {"recipe": "VARCHAR", "objective": "VARCHAR", "sensitivity": "VARCHAR"},
      "requestedBy": {"subject": "VARCHAR"}, "lineage": {"root": "VARCHAR", "depth": "BIGINT"},
      "budget": {"capMicroUsd": "BIGINT"}, "signal": "VARCHAR", "reason": "VARCHAR", "children": ["JSON"],
      "tier": "VARCHAR", "provider": "VARCHAR", "model": "VARCHAR", "runtime": "VARCHAR",
      "inputTokens": "BIGINT", "outputTokens": "BIGINT", "latencyMs": "DOUBLE", "safetyOutcome": "VARCHAR",
      "microUsd": "BIGINT"
    }}').payload as payload
  from event
  join build_window on build_window.tenant = event.tenant and build_window.continuation = event.continuation
    and event.sequence > build_window.after_sequence and event.sequence <= build_window.to_sequence
) as parsed;
