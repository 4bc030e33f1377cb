-- What lists are found by besides lifecycles. Not in copies.

-- Whoever sleeps until an instant at the latest, and when that is.
create table continuation_due (
  tenant varchar(40) not null,
  continuation varchar(26) not null,
  sleep_sequence bigint not null,
  due_at timestamp not null,
  primary key (tenant, continuation)
);
create index due_by_instant on continuation_due (tenant, due_at, continuation);

create table continuation_tag (
  tenant varchar(40) not null,
  tag varchar(100) not null,
  continuation varchar(26) not null,
  primary key (tenant, tag, continuation)
);
