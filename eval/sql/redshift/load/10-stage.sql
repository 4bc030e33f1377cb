-- Takes a batch of events: all files here in the order of their numbers, in one transaction, under a lock, because there is no ON CONFLICT and
-- keys are not enforced. The batch goes into tables of the session, which the program fills after this file: by INSERT, or a first load of much by
-- `copy event_stage from 's3://...' iam_role '...' format json 'auto' gzip timeformat 'auto'` and `copy event_part_stage from ... format csv gzip`.
drop table if exists event_stage;
drop table if exists event_part_stage;
create temp table event_stage (like event);
create temp table event_part_stage (like event_part);
