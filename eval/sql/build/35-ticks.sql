-- An event belongs to the tick of the last wake before it, which an earlier build may have taken in: facts of lives know it, as they are built
-- after this. Ticks before that one are as they will stay.
drop table if exists build_tick;
create temp table build_tick as
with placed as (
  select
    build_event.tenant, build_event.continuation, build_event.event_type, build_event.occurred_at, build_event.tick,
    build_event.cause, build_event.late_ms, build_event.phase, build_event.micro_usd,
    case
      when build_event.event_type in ('sleep', 'kill') then build_event.occurred_at
      when build_event.event_type in ('publish', 'error') and build_event.is_final then build_event.occurred_at
    end as ended_at,
    coalesce(
      max(case when build_event.event_type = 'wake' then build_event.sequence end) over (
        partition by build_event.tenant, build_event.continuation
        order by build_event.sequence rows unbounded preceding
      ),
      life.wake_sequence, 0
    ) as wake_sequence
  from build_event
  left join fact_continuation_lifecycle as life
    on life.tenant = build_event.tenant and life.continuation = build_event.continuation
), part as (
  select
    fact.tenant, fact.continuation, fact.wake_sequence, fact.tick, fact.cause, fact.woken_at, fact.late_ms, fact.ended_at,
    fact.steps, fact.charged_micro_usd
  from fact_continuation_tick as fact
  join build_window on build_window.tenant = fact.tenant and build_window.continuation = fact.continuation
  join fact_continuation_lifecycle as life
    on life.tenant = fact.tenant and life.continuation = fact.continuation and life.wake_sequence = fact.wake_sequence
  union all
  select
    tenant, continuation, wake_sequence,
    case when event_type = 'wake' then tick end,
    case when event_type = 'wake' then cause end,
    case when event_type = 'wake' then occurred_at end,
    case when event_type = 'wake' then coalesce(late_ms, 0) else 0 end,
    ended_at,
    case when event_type = 'step' and phase = 'finished' then 1 else 0 end,
    case when event_type = 'budget_charge' then coalesce(micro_usd, 0) else 0 end
  from placed
  where wake_sequence > 0
)
select
  tenant, continuation, wake_sequence, max(tick) as tick, max(cause) as cause, min(woken_at) as woken_at,
  max(late_ms) as late_ms, min(ended_at) as ended_at, sum(steps) as steps, sum(charged_micro_usd) as charged_micro_usd
from part
group by tenant, continuation, wake_sequence;

delete from fact_continuation_tick
where exists (
  select 1 from build_tick
  where build_tick.tenant = fact_continuation_tick.tenant
    and build_tick.continuation = fact_continuation_tick.continuation
    and build_tick.wake_sequence = fact_continuation_tick.wake_sequence
);

insert into fact_continuation_tick (
  tenant, continuation, wake_sequence, tick, cause, woken_at, woken_date, late_ms, ended_at, duration_ms, steps,
  charged_micro_usd
)
select
  tenant, continuation, wake_sequence, tick, cause, woken_at, cast(woken_at as date), late_ms, ended_at,
  ms_between(woken_at, ended_at), steps, charged_micro_usd
from build_tick;

drop table build_tick;
