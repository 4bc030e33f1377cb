-- What happened lately, of all tenants. DuckDB needs none of these: it knows the least and the greatest value of each group of rows, and rows of
-- about the same time lie together.
create index continuation_by_birth on fact_continuation_lifecycle (created_at);
create index continuation_by_end on fact_continuation_lifecycle (finished_at);
create index tick_by_wake on fact_continuation_tick (woken_at);
create index tick_by_end on fact_continuation_tick (ended_at);
create index step_by_end on fact_continuation_step (finished_at);
-- Events are only ever added, so a few bytes for each group of pages are enough.
create index event_by_arrival on event using brin (loaded_at) with (pages_per_range = 32, autosummarize = on);
