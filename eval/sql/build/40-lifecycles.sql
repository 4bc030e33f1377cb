drop table if exists build_lifecycle;
create temp table build_lifecycle as
with part as (
  select
    fact.tenant, fact.continuation, fact.recipe, fact.objective, fact.sensitivity, fact.requested_by, fact.root, fact.depth,
    fact.created_at, fact.first_wake_at, fact.last_event_at, fact.finished_at, fact.ending, fact.failure_code,
    fact.kill_reason, fact.generation, fact.last_sequence, fact.events, fact.tick, fact.wakes, fact.sleeps, fact.steps,
    fact.retries, fact.artifacts, fact.children, fact.signals, fact.late_ms_total, fact.late_ms_max, fact.model_calls,
    fact.tool_calls, fact.cap_micro_usd, fact.spent_micro_usd, fact.input_tokens, fact.output_tokens, fact.sleep_sequence,
    fact.wake_sequence, fact.pause_sequence, fact.resume_sequence, fact.seal_sequence, fact.unseal_sequence
  from fact_continuation_lifecycle as fact
  join build_window on build_window.tenant = fact.tenant and build_window.continuation = fact.continuation
  union all
  select
    tenant, continuation, recipe, objective, sensitivity, requested_by, root, depth,
    case when event_type = 'spawn' then occurred_at end,
    case when event_type = 'wake' then occurred_at end,
    occurred_at,
    case when event_type = 'kill' or (event_type in ('publish', 'error') and is_final) then occurred_at end,
    case
      when event_type = 'kill' then 'killed'
      when event_type = 'publish' and is_final then 'completed'
      when event_type = 'error' and is_final then 'failed'
    end,
    case when event_type = 'error' and is_final then error_code end,
    case when event_type = 'kill' then reason end,
    generation, sequence, 1,
    coalesce(case when event_type = 'spawn' then copied_tick when event_type = 'wake' then tick end, 0),
    case when event_type = 'wake' then 1 else 0 end,
    case when event_type = 'sleep' then 1 else 0 end,
    coalesce(
      case
        when event_type = 'spawn' then copied_steps
        when event_type = 'step' then cast(split_part(step_id, '#', 2) as bigint)
      end, 0),
    case when event_type = 'error' and not is_final then 1 else 0 end,
    case when event_type = 'publish' then 1 else 0 end,
    case when event_type = 'fork' then children else 0 end,
    case when event_type = 'human_signal' then 1 else 0 end,
    case when event_type = 'wake' then coalesce(late_ms, 0) else 0 end,
    case when event_type = 'wake' then coalesce(late_ms, 0) else 0 end,
    case when event_type = 'model_call' then 1 else 0 end,
    case when event_type = 'tool_call' then 1 else 0 end,
    cap_micro_usd,
    case when event_type = 'budget_charge' then coalesce(micro_usd, 0) else 0 end,
    case when event_type = 'budget_charge' then coalesce(input_tokens, 0) else 0 end,
    case when event_type = 'budget_charge' then coalesce(output_tokens, 0) else 0 end,
    case when event_type = 'sleep' or born_asleep then sequence else 0 end,
    case when event_type = 'wake' then sequence else 0 end,
    case when event_type = 'human_signal' and signal = 'pause' then sequence else 0 end,
    case when event_type = 'human_signal' and signal = 'resume' then sequence else 0 end,
    case when event_type = 'human_signal' and signal = 'seal' then sequence else 0 end,
    case when event_type = 'human_signal' and signal = 'unseal' then sequence else 0 end
  from build_event
)
select
  tenant, continuation, max(recipe) as recipe, max(objective) as objective, max(sensitivity) as sensitivity,
  max(requested_by) as requested_by, max(root) as root, max(depth) as depth, min(created_at) as created_at,
  min(first_wake_at) as first_wake_at, max(last_event_at) as last_event_at, min(finished_at) as finished_at,
  max(ending) as ending, max(failure_code) as failure_code, max(kill_reason) as kill_reason,
  max(generation) as generation, max(last_sequence) as last_sequence, sum(events) as events, max(tick) as tick,
  sum(wakes) as wakes, sum(sleeps) as sleeps, max(steps) as steps, sum(retries) as retries, sum(artifacts) as artifacts,
  sum(children) as children, sum(signals) as signals, sum(late_ms_total) as late_ms_total,
  max(late_ms_max) as late_ms_max, sum(model_calls) as model_calls, sum(tool_calls) as tool_calls,
  max(cap_micro_usd) as cap_micro_usd, sum(spent_micro_usd) as spent_micro_usd, sum(input_tokens) as input_tokens,
  sum(output_tokens) as output_tokens, max(sleep_sequence) as sleep_sequence, max(wake_sequence) as wake_sequence,
  max(pause_sequence) as pause_sequence, max(resume_sequence) as resume_sequence, max(seal_sequence) as seal_sequence,
  max(unseal_sequence) as unseal_sequence
from part
group by tenant, continuation;

delete from fact_continuation_lifecycle
where exists (
  select 1 from build_lifecycle
  where build_lifecycle.tenant = fact_continuation_lifecycle.tenant
    and build_lifecycle.continuation = fact_continuation_lifecycle.continuation
);

insert into fact_continuation_lifecycle (
  tenant, continuation, recipe, objective, sensitivity, requested_by, root, depth, status, created_at, created_date,
  first_wake_at, last_event_at, finished_at, finished_date, duration_ms, ending, failure_code, kill_reason, generation,
  last_sequence, events, tick, wakes, sleeps, steps, retries, artifacts, children, signals, late_ms_total, late_ms_max,
  model_calls, tool_calls, cap_micro_usd, spent_micro_usd, input_tokens, output_tokens, sleep_sequence, wake_sequence,
  pause_sequence, resume_sequence, seal_sequence, unseal_sequence
)
select
  tenant, continuation, recipe, objective, sensitivity, requested_by, root, depth,
  case
    when ending is not null then ending
    when pause_sequence > resume_sequence or seal_sequence > unseal_sequence then 'paused'
    when sleep_sequence > wake_sequence then 'sleeping'
    else 'running'
  end,
  created_at, cast(created_at as date), first_wake_at, last_event_at, finished_at, cast(finished_at as date),
  ms_between(created_at, finished_at), ending, failure_code, kill_reason, generation, last_sequence, events, tick, wakes,
  sleeps, steps, retries, artifacts, children, signals, late_ms_total, late_ms_max, model_calls, tool_calls, cap_micro_usd,
  spent_micro_usd, input_tokens, output_tokens, sleep_sequence, wake_sequence, pause_sequence, resume_sequence,
  seal_sequence, unseal_sequence
from build_lifecycle;

drop table build_lifecycle;
