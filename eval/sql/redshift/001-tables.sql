-- Written by a test from the data dictionary. Keys tell the planner, nothing enforces them. VARCHAR counts bytes. A row of the log is kept as SUPER for building, and its bytes in event_part.
create table event (
  tenant varchar(160) not null,
  continuation varchar(104) not null,
  generation bigint not null,
  sequence bigint not null,
  event_type varchar(160) not null,
  event_version bigint not null,
  occurred_at timestamp not null,
  commit_id varchar(400) not null,
  trace_id varchar(128) not null,
  hash varchar(256) not null,
  loaded_at timestamp not null,
  row_data super not null,
  primary key (tenant, continuation, sequence)
)
distkey (continuation) sortkey (tenant, continuation, sequence);

create table event_end (
  tenant varchar(160) not null,
  continuation varchar(104) not null,
  sequence bigint not null,
  hash varchar(256) not null,
  primary key (tenant, continuation)
)
distkey (continuation) sortkey (tenant, continuation);

create table feed_checkpoint (
  name varchar(800) not null,
  value varchar(65535) not null,
  primary key (name)
)
diststyle all sortkey (name);

create table build_end (
  tenant varchar(160) not null,
  continuation varchar(104) not null,
  sequence bigint not null,
  primary key (tenant, continuation)
)
distkey (continuation) sortkey (tenant, continuation);

create table build_state (
  name varchar(160) not null,
  checksum varchar(256) not null,
  primary key (name)
)
diststyle all sortkey (name);

create table fact_continuation_step (
  tenant varchar(160) not null,
  continuation varchar(104) not null,
  step_id varchar(320) not null,
  attempt bigint not null,
  step varchar(252) not null,
  generation bigint not null,
  first_sequence bigint not null,
  last_sequence bigint not null,
  first_at timestamp not null,
  first_date date not null,
  intended_at timestamp,
  finished_at timestamp,
  duration_ms bigint,
  lease_ms bigint,
  outcome varchar(80),
  error_code varchar(400),
  model_calls bigint not null,
  tool_calls bigint not null,
  charged_micro_usd bigint not null,
  primary key (tenant, continuation, step_id, attempt)
)
distkey (continuation) sortkey (tenant, continuation, step_id, attempt);

create table fact_continuation_tick (
  tenant varchar(160) not null,
  continuation varchar(104) not null,
  wake_sequence bigint not null,
  tick bigint,
  woken_at timestamp not null,
  woken_date date not null,
  late_ms bigint not null,
  ended_at timestamp,
  duration_ms bigint,
  steps bigint not null,
  charged_micro_usd bigint not null,
  cause varchar(80),
  primary key (tenant, continuation, wake_sequence)
)
distkey (continuation) sortkey (tenant, continuation, wake_sequence);

create table fact_continuation_lifecycle (
  tenant varchar(160) not null,
  continuation varchar(104) not null,
  recipe varchar(320),
  objective varchar(16000),
  sensitivity varchar(80),
  requested_by varchar(800),
  root varchar(104),
  depth bigint,
  status varchar(80) not null,
  created_at timestamp,
  created_date date,
  first_wake_at timestamp,
  last_event_at timestamp not null,
  finished_at timestamp,
  finished_date date,
  duration_ms bigint,
  ending varchar(80),
  failure_code varchar(400),
  kill_reason varchar(80),
  generation bigint not null,
  last_sequence bigint not null,
  events bigint not null,
  tick bigint not null,
  wakes bigint not null,
  sleeps bigint not null,
  steps bigint not null,
  retries bigint not null,
  artifacts bigint not null,
  children bigint not null,
  signals bigint not null,
  late_ms_total bigint not null,
  late_ms_max bigint not null,
  model_calls bigint not null,
  tool_calls bigint not null,
  cap_micro_usd bigint,
  spent_micro_usd bigint not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  sleep_sequence bigint not null,
  wake_sequence bigint not null,
  pause_sequence bigint not null,
  resume_sequence bigint not null,
  seal_sequence bigint not null,
  unseal_sequence bigint not null,
  primary key (tenant, continuation)
)
distkey (continuation) sortkey (tenant, continuation);

create table fact_model_call (
  tenant varchar(160) not null,
  continuation varchar(104) not null,
  sequence bigint not null,
  step_id varchar(320),
  attempt bigint,
  called_at timestamp not null,
  called_date date not null,
  tier varchar(160),
  provider varchar(800),
  model varchar(800),
  runtime varchar(160),
  input_tokens bigint,
  output_tokens bigint,
  latency_ms float8,
  safety_outcome varchar(80),
  primary key (tenant, continuation, sequence)
)
distkey (continuation) sortkey (tenant, continuation, sequence);

create table dim_tenant (
  tenant varchar(160) not null,
  first_event_at timestamp not null,
  last_event_at timestamp not null,
  continuations bigint not null,
  primary key (tenant)
)
diststyle all sortkey (tenant);

create table dim_recipe (
  recipe varchar(320) not null,
  name varchar(252) not null,
  version bigint not null,
  first_used_at timestamp not null,
  last_used_at timestamp not null,
  primary key (recipe)
)
diststyle all sortkey (recipe);

create table dim_model (
  provider varchar(800) not null,
  model varchar(800) not null,
  first_used_at timestamp not null,
  last_used_at timestamp not null,
  primary key (provider, model)
)
diststyle all sortkey (provider, model);

create table dim_date (
  day date not null,
  year bigint not null,
  quarter bigint not null,
  month bigint not null,
  day_of_month bigint not null,
  iso_year bigint not null,
  iso_week bigint not null,
  iso_weekday bigint not null,
  primary key (day)
)
diststyle all sortkey (day);

create table event_part (
  tenant varchar(160) not null,
  continuation varchar(104) not null,
  sequence bigint not null,
  part bigint not null,
  row_part varchar(65535) not null,
  primary key (tenant, continuation, sequence, part)
)
distkey (continuation) sortkey (tenant, continuation, sequence, part);
