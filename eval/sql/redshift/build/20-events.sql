-- The members of payloads that facts are made of, one row for each event of the window.
set enable_case_sensitive_super_attribute to true;
drop table if exists build_event;
create temp table build_event as
select
  tenant, continuation, generation, sequence, event_type, occurred_at,
  payload.phase::varchar(20) as phase, payload."stepId"::varchar(80) as step_id, payload.attempt::bigint as attempt,
  payload."leaseMs"::bigint as lease_ms, payload.outcome.kind::varchar(20) as outcome,
  payload.code::varchar(100) as error_code, coalesce(payload.final::boolean, false) as is_final,
  payload.cause.kind::varchar(20) as cause, payload."lateMs"::bigint as late_ms, payload.tick::bigint as tick,
  event_type = 'spawn' and (payload.merge is not null or payload.copied.wake is not null) as born_asleep,
  payload.goal.recipe::varchar(80) as recipe, payload.goal.objective::varchar(16000) as objective,
  payload.goal.sensitivity::varchar(20) as sensitivity, payload."requestedBy".subject::varchar(800) as requested_by,
  payload.lineage.root::varchar(26) as root, payload.lineage.depth::bigint as depth,
  payload.budget."capMicroUsd"::bigint as cap_micro_usd, payload.copied.tick::bigint as copied_tick,
  payload.copied.steps::bigint as copied_steps, payload.signal::varchar(100) as signal, payload.reason::varchar(20) as reason,
  case when event_type = 'fork' then coalesce(get_array_length(payload.children), 0) else 0 end as children,
  payload.tier::varchar(40) as tier, payload.provider::varchar(800) as provider, payload.model::varchar(800) as model,
  payload.runtime::varchar(40) as runtime, payload."inputTokens"::bigint as input_tokens,
  payload."outputTokens"::bigint as output_tokens, payload."latencyMs"::float8 as latency_ms,
  payload."safetyOutcome"::varchar(20) as safety_outcome, payload."microUsd"::bigint as micro_usd
from (
  select
    event.tenant, event.continuation, event.generation, event.sequence, event.event_type, event.occurred_at,
    event.row_data.payload as payload
  from event
  join build_window on build_window.tenant = event.tenant and build_window.continuation = event.continuation
    and event.sequence > build_window.after_sequence and event.sequence <= build_window.to_sequence
) as parsed;
