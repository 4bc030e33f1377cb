drop table if exists build_step;
create temp table build_step as
with part as (
  select
    fact.tenant, fact.continuation, fact.step_id, fact.attempt, fact.generation, fact.first_sequence, fact.last_sequence,
    fact.first_at, fact.intended_at, fact.finished_at, fact.lease_ms, fact.outcome, fact.error_code, fact.model_calls,
    fact.tool_calls, fact.charged_micro_usd
  from fact_continuation_step as fact
  where exists (
    select 1 from build_event
    where build_event.tenant = fact.tenant and build_event.continuation = fact.continuation
      and build_event.step_id = fact.step_id and build_event.attempt = fact.attempt
  )
  union all
  select
    tenant, continuation, step_id, attempt, generation, sequence, sequence,
    occurred_at,
    case when phase = 'intended' then occurred_at end,
    case when phase = 'finished' or event_type = 'error' then occurred_at end,
    lease_ms, outcome, error_code,
    case when event_type = 'model_call' then 1 else 0 end,
    case when event_type = 'tool_call' then 1 else 0 end,
    case when event_type = 'budget_charge' then coalesce(micro_usd, 0) else 0 end
  from build_event
  where step_id is not null and attempt is not null
)
select
  tenant, continuation, step_id, attempt, max(generation) as generation, min(first_sequence) as first_sequence,
  max(last_sequence) as last_sequence, min(first_at) as first_at, min(intended_at) as intended_at,
  min(finished_at) as finished_at, max(lease_ms) as lease_ms, max(outcome) as outcome, max(error_code) as error_code,
  sum(model_calls) as model_calls, sum(tool_calls) as tool_calls, sum(charged_micro_usd) as charged_micro_usd
from part
group by tenant, continuation, step_id, attempt;

delete from fact_continuation_step
where exists (
  select 1 from build_step
  where build_step.tenant = fact_continuation_step.tenant
    and build_step.continuation = fact_continuation_step.continuation
    and build_step.step_id = fact_continuation_step.step_id and build_step.attempt = fact_continuation_step.attempt
);

insert into fact_continuation_step (
  tenant, continuation, step_id, attempt, step, generation, first_sequence, last_sequence, first_at, first_date,
  intended_at, finished_at, duration_ms, lease_ms, outcome, error_code, model_calls, tool_calls, charged_micro_usd
)
select
  tenant, continuation, step_id, attempt, split_part(step_id, '#', 1), generation, first_sequence, last_sequence,
  first_at, cast(first_at as date), intended_at, finished_at, ms_between(intended_at, finished_at), lease_ms, outcome,
  error_code, model_calls, tool_calls, charged_micro_usd
from build_step;

drop table build_step;
