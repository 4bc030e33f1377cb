-- The members of payloads that facts are made of, one row for each event of the window. What is not as it should be is null or cut off: no
-- payload may keep the others from being built. A NUL, which PostgreSQL's texts cannot hold, becomes U+FFFD. `offset 0` keeps the row from
-- being parsed anew for each member.
drop table if exists build_event;
create temp table build_event as
select
  tenant, continuation, generation, sequence, event_type, occurred_at,
  payload ->> 'phase' as phase,
  case when payload ->> 'stepId' ~ '^[a-z][a-z0-9-]{0,62}#[1-9][0-9]{0,8}$' then payload ->> 'stepId' end as step_id,
  whole_number(payload -> 'attempt') as attempt,
  whole_number(payload -> 'leaseMs') as lease_ms, left(payload #>> '{outcome,kind}', 20) as outcome,
  left(payload ->> 'code', 100) as error_code,
  coalesce(payload -> 'final' = 'true'::jsonb, false) as is_final, left(payload #>> '{cause,kind}', 20) as cause,
  whole_number(payload -> 'lateMs') as late_ms,
  whole_number(payload -> 'tick') as tick,
  event_type = 'spawn' and (payload -> 'merge' is not null or payload #> '{copied,wake}' is not null) as born_asleep,
  case when payload #>> '{goal,recipe}' ~ '^[a-z0-9][a-z0-9-]{0,62}@[1-9][0-9]{0,8}$' then payload #>> '{goal,recipe}' end as recipe,
  left(payload #>> '{goal,objective}', 4000) as objective,
  left(payload #>> '{goal,sensitivity}', 20) as sensitivity, left(payload #>> '{requestedBy,subject}', 200) as requested_by,
  left(payload #>> '{lineage,root}', 26) as root, whole_number(payload #> '{lineage,depth}') as depth,
  whole_number(payload #> '{budget,capMicroUsd}') as cap_micro_usd, whole_number(payload #> '{copied,tick}') as copied_tick,
  whole_number(payload #> '{copied,steps}') as copied_steps, payload ->> 'signal' as signal,
  left(payload ->> 'reason', 20) as reason,
  case when jsonb_typeof(payload -> 'children') = 'array' then jsonb_array_length(payload -> 'children') else 0 end as children,
  left(payload ->> 'tier', 40) as tier, left(payload ->> 'provider', 200) as provider, left(payload ->> 'model', 200) as model,
  left(payload ->> 'runtime', 40) as runtime, whole_number(payload -> 'inputTokens') as input_tokens,
  whole_number(payload -> 'outputTokens') as output_tokens,
  case when jsonb_typeof(payload -> 'latencyMs') = 'number' then (payload ->> 'latencyMs')::float8 end as latency_ms,
  left(payload ->> 'safetyOutcome', 20) as safety_outcome, whole_number(payload -> 'microUsd') as micro_usd
from (
  select
    event.tenant, event.continuation, event.generation, event.sequence, event.event_type, event.occurred_at,
    replace(event.row_text, '\u0000', '\ufffd')::jsonb -> 'payload' as payload
  from event
  join build_window on build_window.tenant = event.tenant and build_window.continuation = event.continuation
    and event.sequence > build_window.after_sequence and event.sequence <= build_window.to_sequence
  offset 0
) as parsed;
