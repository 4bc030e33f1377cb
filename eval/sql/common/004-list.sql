-- What lists of continuations are ordered by, newest first.
create index continuation_by_creation on fact_continuation_lifecycle (tenant, created_at, continuation);
