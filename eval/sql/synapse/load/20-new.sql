-- What of the batch is not there yet, each event once. Nobody else has changed it until the transaction takes the turn: see the program.
if object_id('tempdb..#event_new') is not null drop table #event_new;
create table #event_new
with (heap, distribution = hash(continuation))
as
select tenant, continuation, generation, sequence, event_type, event_version, occurred_at, commit_id, trace_id, hash, loaded_at, row_text
from (
  select *, row_number() over (partition by tenant, continuation, sequence order by loaded_at) as copy_number
  from #event_stage
) as stage
where copy_number = 1
  and not exists (
    select 1 from event
    where event.tenant = stage.tenant and event.continuation = stage.continuation and event.sequence = stage.sequence
  );
