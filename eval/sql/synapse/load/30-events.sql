-- Puts what is new into the tables, and moves the ends.
insert into event (tenant, continuation, generation, sequence, event_type, event_version, occurred_at, commit_id, trace_id, hash, loaded_at, row_text)
select tenant, continuation, generation, sequence, event_type, event_version, occurred_at, commit_id, trace_id, hash, loaded_at, row_text
from #event_new;

delete from event_end
where exists (
  select 1 from #event_new as fresh
  where fresh.tenant = event_end.tenant and fresh.continuation = event_end.continuation
);

insert into event_end (tenant, continuation, sequence, hash)
select fresh.tenant, fresh.continuation, fresh.sequence, fresh.hash
from #event_new as fresh
join (
  select tenant, continuation, max(sequence) as sequence from #event_new group by tenant, continuation
) as last on last.tenant = fresh.tenant and last.continuation = fresh.continuation and last.sequence = fresh.sequence;
