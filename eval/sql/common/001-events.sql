-- Every event as its row in the log has it. Log entries are create-only, so a place in a log has one event, whatever its generation.
create table event (
  tenant varchar(40) not null,
  continuation varchar(26) not null,
  generation bigint not null,
  sequence bigint not null,
  event_type varchar(40) not null,
  event_version integer not null,
  occurred_at timestamp not null,
  commit_id varchar(100) not null,
  trace_id varchar(32) not null,
  hash varchar(64) not null,
  loaded_at timestamp not null,
  row_text text not null,
  primary key (tenant, continuation, sequence)
);

-- How far each log is here: all its events up to this one.
create table event_end (
  tenant varchar(40) not null,
  continuation varchar(26) not null,
  sequence bigint not null,
  hash varchar(64) not null,
  primary key (tenant, continuation)
);

-- How far a change feed was read.
create table feed_checkpoint (
  name varchar(200) not null primary key,
  value text not null
);
