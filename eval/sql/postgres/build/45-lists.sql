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
    parsed.tenant, parsed.continuation, parsed.sequence,
    (
      select min(instant_of(one ->> member))
      from (values (payload -> 'wake'), (payload #> '{copied,wake}'), (payload -> 'merge')) as slept (wake)
      cross join lateral (select wake union all select jsonb_path_query(wake, 'lax $.conditions[*]')) as conditions (one)
      cross join (values ('at'), ('timeout'), ('deadline')) as members (member)
    ) as due_at
  from (
    select
      event.tenant, event.continuation, event.sequence,
      replace(event.row_text, '\u0000', '\ufffd')::jsonb -> 'payload' as payload
    from build_window
    join fact_continuation_lifecycle as life
      on life.tenant = build_window.tenant and life.continuation = build_window.continuation
      and life.ending is null and life.sleep_sequence > life.wake_sequence
      and life.sleep_sequence > build_window.after_sequence
    join event
      on event.tenant = life.tenant and event.continuation = life.continuation and event.sequence = life.sleep_sequence
    offset 0
  ) as parsed
) as sleeping
where due_at is not null;

insert into continuation_tag (tenant, tag, continuation)
select distinct tenant, left(tag #>> '{}', 100), continuation
from (
  select
    event.tenant, event.continuation,
    jsonb_path_query(replace(event.row_text, '\u0000', '\ufffd')::jsonb, 'lax $.payload.goal.tags[*]') as tag
  from build_window
  join event on event.tenant = build_window.tenant and event.continuation = build_window.continuation and event.sequence = 1
  where build_window.after_sequence = 0
) as tagged
where jsonb_typeof(tag) = 'string';
