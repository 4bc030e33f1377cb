-- Rows of the log are large: of what came lately an index tells everything that figures need.
drop index event_by_arrival;
create index wake_by_arrival on event (loaded_at) include (occurred_at) where event_type = 'wake';
drop index tick_by_wake;
create index tick_by_wake on fact_continuation_tick (woken_at) include (cause, late_ms);
drop index tick_by_end;
create index tick_by_end on fact_continuation_tick (ended_at) include (duration_ms, charged_micro_usd);
