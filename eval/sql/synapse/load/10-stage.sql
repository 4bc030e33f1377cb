-- Takes a batch of events: files 10 and 20 before a transaction, because it may create no tables, file 30 within it. The batch goes into a table of
-- the session, which the program fills after this file: by INSERT, or a first load of much by
-- `copy into #event_stage from '...' with (file_type = 'parquet', credential = (identity = 'Managed Identity'))`.
if object_id('tempdb..#event_stage') is not null drop table #event_stage;
create table #event_stage
with (heap, distribution = hash(continuation))
as select * from event where 1 = 0;
