-- From here on the window is taken in.
delete from build_end
where exists (
  select 1 from build_window
  where build_window.tenant = build_end.tenant and build_window.continuation = build_end.continuation
);
insert into build_end (tenant, continuation, sequence)
select tenant, continuation, to_sequence from build_window;
drop table build_event;
drop table build_window;
