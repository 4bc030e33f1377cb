-- Puts what is new into the tables, and moves the ends.
insert into event select * from event_new;

insert into event_part (tenant, continuation, sequence, part, row_part)
select distinct stage.tenant, stage.continuation, stage.sequence, stage.part, stage.row_part
from event_part_stage as stage
join event_new on event_new.tenant = stage.tenant and event_new.continuation = stage.continuation
  and event_new.sequence = stage.sequence;

create temp table event_end_new as
select event_new.tenant, event_new.continuation, event_new.sequence, event_new.hash
from event_new
join (
  select tenant, continuation, max(sequence) as sequence from event_new group by tenant, continuation
) as last on last.tenant = event_new.tenant and last.continuation = event_new.continuation
  and last.sequence = event_new.sequence;

delete from event_end
where exists (
  select 1 from event_end_new
  where event_end_new.tenant = event_end.tenant and event_end_new.continuation = event_end.continuation
);
insert into event_end (tenant, continuation, sequence, hash)
select tenant, continuation, sequence, hash from event_end_new;

drop table event_end_new;
drop table event_new;
drop table event_part_stage;
drop table event_stage;
