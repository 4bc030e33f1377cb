-- What of the batch is not there yet, each event once.
drop table if exists event_new;
create temp table event_new as
select stage.*
from (
  select *, row_number() over (partition by tenant, continuation, sequence order by loaded_at) as copy_number
  from event_stage
) as stage
where stage.copy_number = 1
  and not exists (
    select 1 from event
    where event.tenant = stage.tenant and event.continuation = stage.continuation and event.sequence = stage.sequence
  );
alter table event_new drop column copy_number;
