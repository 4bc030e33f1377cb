-- What no build has taken in yet: of each log the events after the last one that was.
if object_id('tempdb..#build_window') is not null drop table #build_window;
create table #build_window
with (heap, distribution = round_robin)
as
select top (20000)
  event_end.tenant, event_end.continuation, coalesce(build_end.sequence, 0) as after_sequence,
  event_end.sequence as to_sequence
from event_end
left join build_end on build_end.tenant = event_end.tenant and build_end.continuation = event_end.continuation
where event_end.sequence > coalesce(build_end.sequence, 0);
