-- One row for each tick: from a wake to the sleep or the end that follows.
create table fact_continuation_tick (
  tenant varchar(40) not null,
  continuation varchar(26) not null,
  wake_sequence bigint not null,
  tick bigint,
  woken_at timestamp not null,
  woken_date date not null,
  late_ms bigint not null,
  ended_at timestamp,
  duration_ms bigint,
  steps bigint not null,
  charged_micro_usd bigint not null,
  primary key (tenant, continuation, wake_sequence)
);
