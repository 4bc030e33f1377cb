-- The members of payloads that facts are made of, one row for each event of the window. JSON_VALUE gives null for more than 4,000 characters.
if object_id('tempdb..#build_event') is not null drop table #build_event;
create table #build_event
with (heap, distribution = hash(continuation))
as
select
  event.tenant, event.continuation, event.generation, event.sequence, event.event_type, event.occurred_at,
  try_cast(json_value(row_text, '$.payload.phase') as varchar(20)) as phase,
  try_cast(json_value(row_text, '$.payload.stepId') as varchar(80)) as step_id,
  try_cast(json_value(row_text, '$.payload.attempt') as bigint) as attempt,
  try_cast(json_value(row_text, '$.payload.leaseMs') as bigint) as lease_ms,
  try_cast(json_value(row_text, '$.payload.outcome.kind') as varchar(20)) as outcome,
  try_cast(json_value(row_text, '$.payload.code') as varchar(100)) as error_code,
  case when json_value(row_text, '$.payload.final') = 'true' then 1 else 0 end as is_final,
  try_cast(json_value(row_text, '$.payload.cause.kind') as varchar(20)) as cause,
  try_cast(json_value(row_text, '$.payload.lateMs') as bigint) as late_ms,
  try_cast(json_value(row_text, '$.payload.tick') as bigint) as tick,
  case
    when event_type = 'spawn'
      and (json_query(row_text, '$.payload.merge') is not null or json_query(row_text, '$.payload.copied.wake') is not null)
    then 1 else 0
  end as born_asleep,
  try_cast(json_value(row_text, '$.payload.goal.recipe') as varchar(80)) as recipe,
  try_cast(json_value(row_text, '$.payload.goal.objective') as nvarchar(4000)) as objective,
  try_cast(json_value(row_text, '$.payload.goal.sensitivity') as varchar(20)) as sensitivity,
  try_cast(json_value(row_text, '$.payload.requestedBy.subject') as nvarchar(200)) as requested_by,
  try_cast(json_value(row_text, '$.payload.lineage.root') as varchar(26)) as root,
  try_cast(json_value(row_text, '$.payload.lineage.depth') as bigint) as depth,
  try_cast(json_value(row_text, '$.payload.budget.capMicroUsd') as bigint) as cap_micro_usd,
  try_cast(json_value(row_text, '$.payload.copied.tick') as bigint) as copied_tick,
  try_cast(json_value(row_text, '$.payload.copied.steps') as bigint) as copied_steps,
  try_cast(json_value(row_text, '$.payload.signal') as nvarchar(100)) as signal,
  try_cast(json_value(row_text, '$.payload.reason') as varchar(20)) as reason,
  coalesce(children.made, 0) as children,
  try_cast(json_value(row_text, '$.payload.tier') as varchar(40)) as tier,
  try_cast(json_value(row_text, '$.payload.provider') as nvarchar(200)) as provider,
  try_cast(json_value(row_text, '$.payload.model') as nvarchar(200)) as model,
  try_cast(json_value(row_text, '$.payload.runtime') as varchar(40)) as runtime,
  try_cast(json_value(row_text, '$.payload.inputTokens') as bigint) as input_tokens,
  try_cast(json_value(row_text, '$.payload.outputTokens') as bigint) as output_tokens,
  try_cast(json_value(row_text, '$.payload.latencyMs') as float) as latency_ms,
  try_cast(json_value(row_text, '$.payload.safetyOutcome') as varchar(20)) as safety_outcome,
  try_cast(json_value(row_text, '$.payload.microUsd') as bigint) as micro_usd
from event
join #build_window as build_window
  on build_window.tenant = event.tenant and build_window.continuation = event.continuation
  and event.sequence > build_window.after_sequence and event.sequence <= build_window.to_sequence
left join (
  select tenant, continuation, sequence, count(*) as made
  from event cross apply openjson(row_text, '$.payload.children') as child
  where event_type = 'fork'
  group by tenant, continuation, sequence
) as children
  on children.tenant = event.tenant and children.continuation = event.continuation and children.sequence = event.sequence;
