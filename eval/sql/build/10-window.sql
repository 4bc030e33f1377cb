-- What no build has taken in yet: of each log the events after the last one that was.
drop table if exists build_window;
create temp table build_window as
select
  event_end.tenant, event_end.continuation, coalesce(build_end.sequence, 0) as after_sequence,
  event_end.sequence as to_sequence
from event_end
left join build_end on build_end.tenant = event_end.tenant and build_end.continuation = event_end.continuation
where event_end.sequence > coalesce(build_end.sequence, 0)
limit 20000;
