-- Who is awake, has ended, or sleeps another sleep, is not due any more.
delete from continuation_due
using fact_continuation_lifecycle as life, build_window
where life.tenant = continuation_due.tenant and life.continuation = continuation_due.continuation
  and build_window.tenant = continuation_due.tenant and build_window.continuation = continuation_due.continuation
  and (
    life.ending is not null or life.wake_sequence > continuation_due.sleep_sequence
    or life.sleep_sequence > continuation_due.sleep_sequence
  );

-- The first instant of any condition of the sleep: a timer's, a timeout, a deadline.
insert into continuation_due (tenant, continuation, sleep_sequence, due_at)
select tenant, continuation, sequence, due_at
from (
  select
    tenant, continuation, sequence,
    list_min(list_transform(
      list_concat(
        [wake.at, wake.timeout, wake.deadline, copied.at, copied.timeout, copied.deadline, deadline],
        flatten(list_transform(list_concat(wake.conditions, copied.conditions), lambda one: [one.at, one.timeout, one.deadline]))
      ),
      lambda instant: try_cast(
        case when regexp_full_match(instant, '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,12}Z') then left(instant, -1) end as timestamp
      )
    )) as due_at
  from (
    select
      tenant, continuation, sequence, payload.wake, payload.copied.wake as copied, payload.merge.deadline
    from (
      select
        event.tenant, event.continuation, event.sequence,
        json_transform(replace(event.row_text, '\u0000', '\ufffd'), '{"payload": {
          "wake": {
            "at": "VARCHAR", "timeout": "VARCHAR", "deadline": "VARCHAR",
            "conditions": [{"at": "VARCHAR", "timeout": "VARCHAR", "deadline": "VARCHAR"}]
          },
          "copied": {"wake": {
            "at": "VARCHAR", "timeout": "VARCHAR", "deadline": "VARCHAR",
            "conditions": [{"at": "VARCHAR", "timeout": "VARCHAR", "deadline": "VARCHAR"}]
          }},
          "merge": {"deadline": "VARCHAR"}
        }}').payload as payload
      from build_window
      join fact_continuation_lifecycle as life
        on life.tenant = build_window.tenant and life.continuation = build_window.continuation
        and life.ending is null and life.sleep_sequence > life.wake_sequence
        and life.sleep_sequence > build_window.after_sequence
      join event
        on event.tenant = life.tenant and event.continuation = life.continuation and event.sequence = life.sleep_sequence
    ) as parsed
  ) as named
) as sleeping
where due_at is not null;

insert into continuation_tag (tenant, tag, continuation)
select distinct tenant, left(tag, 100), continuation
from (
  select
    event.tenant, event.continuation,
    unnest(json_transform(
      replace(event.row_text, '\u0000', '\ufffd'), '{"payload": {"goal": {"tags": ["VARCHAR"]}}}'
    ).payload.goal.tags) as tag
  from build_window
  join event on event.tenant = build_window.tenant and event.continuation = build_window.continuation and event.sequence = 1
  where build_window.after_sequence = 0
) as tagged
where tag is not null;
