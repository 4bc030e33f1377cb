-- Written by a test from the data dictionary. Keys tell the planner, nothing enforces them. Columnstores take no VARCHAR(MAX), so tables have clustered indexes. The pool must have been created with a collation of UTF-8 that compares by bytes: Latin1_General_100_BIN2_UTF8.
create table event (
  tenant varchar(160) not null,
  continuation varchar(104) not null,
  generation bigint not null,
  sequence bigint not null,
  event_type varchar(160) not null,
  event_version bigint not null,
  occurred_at datetime2(3) not null,
  commit_id varchar(400) not null,
  trace_id varchar(128) not null,
  hash varchar(256) not null,
  loaded_at datetime2(3) not null,
  row_text varchar(max) not null,
  primary key nonclustered (tenant, continuation, sequence) not enforced
)
with (clustered index (tenant, continuation, sequence), distribution = hash(continuation));

create table event_end (
  tenant varchar(160) not null,
  continuation varchar(104) not null,
  sequence bigint not null,
  hash varchar(256) not null,
  primary key nonclustered (tenant, continuation) not enforced
)
with (clustered index (tenant, continuation), distribution = hash(continuation));

create table feed_checkpoint (
  name varchar(800) not null,
  value varchar(max) not null,
  primary key nonclustered (name) not enforced
)
with (heap, distribution = replicate);

create table build_end (
  tenant varchar(160) not null,
  continuation varchar(104) not null,
  sequence bigint not null,
  primary key nonclustered (tenant, continuation) not enforced
)
with (clustered index (tenant, continuation), distribution = hash(continuation));

create table build_state (
  name varchar(160) not null,
  checksum varchar(256) not null,
  primary key nonclustered (name) not enforced
)
with (heap, distribution = replicate);

create table fact_continuation_step (
  tenant varchar(160) not null,
  continuation varchar(104) not null,
  step_id varchar(320) not null,
  attempt bigint not null,
  step varchar(252) not null,
  generation bigint not null,
  first_sequence bigint not null,
  last_sequence bigint not null,
  first_at datetime2(3) not null,
  first_date date not null,
  intended_at datetime2(3),
  finished_at datetime2(3),
  duration_ms bigint,
  lease_ms bigint,
  outcome varchar(80),
  error_code varchar(400),
  model_calls bigint not null,
  tool_calls bigint not null,
  charged_micro_usd bigint not null,
  primary key nonclustered (tenant, continuation, step_id, attempt) not enforced
)
with (clustered index (tenant, continuation, step_id, attempt), distribution = hash(continuation));

create table fact_continuation_tick (
  tenant varchar(160) not null,
  continuation varchar(104) not null,
  wake_sequence bigint not null,
  tick bigint,
  woken_at datetime2(3) not null,
  woken_date date not null,
  late_ms bigint not null,
  ended_at datetime2(3),
  duration_ms bigint,
  steps bigint not null,
  charged_micro_usd bigint not null,
  cause varchar(80),
  primary key nonclustered (tenant, continuation, wake_sequence) not enforced
)
with (clustered index (tenant, continuation, wake_sequence), distribution = hash(continuation));

create table fact_continuation_lifecycle (
  tenant varchar(160) not null,
  continuation varchar(104) not null,
  recipe varchar(320),
  objective varchar(max),
  sensitivity varchar(80),
  requested_by varchar(800),
  root varchar(104),
  depth bigint,
  status varchar(80) not null,
  created_at datetime2(3),
  created_date date,
  first_wake_at datetime2(3),
  last_event_at datetime2(3) not null,
  finished_at datetime2(3),
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
  primary key nonclustered (tenant, continuation) not enforced
)
with (clustered index (tenant, continuation), distribution = hash(continuation));

create table fact_model_call (
  tenant varchar(160) not null,
  continuation varchar(104) not null,
  sequence bigint not null,
  step_id varchar(320),
  attempt bigint,
  called_at datetime2(3) not null,
  called_date date not null,
  tier varchar(160),
  provider varchar(800),
  model varchar(800),
  runtime varchar(160),
  input_tokens bigint,
  output_tokens bigint,
  latency_ms float,
  safety_outcome varchar(80),
  primary key nonclustered (tenant, continuation, sequence) not enforced
)
with (clustered index (tenant, continuation, sequence), distribution = hash(continuation));

create table dim_tenant (
  tenant varchar(160) not null,
  first_event_at datetime2(3) not null,
  last_event_at datetime2(3) not null,
  continuations bigint not null,
  primary key nonclustered (tenant) not enforced
)
with (heap, distribution = replicate);

create table dim_recipe (
  recipe varchar(320) not null,
  name varchar(252) not null,
  version bigint not null,
  first_used_at datetime2(3) not null,
  last_used_at datetime2(3) not null,
  primary key nonclustered (recipe) not enforced
)
with (heap, distribution = replicate);

create table dim_model (
  provider varchar(800) not null,
  model varchar(800) not null,
  first_used_at datetime2(3) not null,
  last_used_at datetime2(3) not null,
  primary key nonclustered (provider, model) not enforced
)
with (heap, distribution = replicate);

create table dim_date (
  day date not null,
  year bigint not null,
  quarter bigint not null,
  month bigint not null,
  day_of_month bigint not null,
  iso_year bigint not null,
  iso_week bigint not null,
  iso_weekday bigint not null,
  primary key nonclustered (day) not enforced
)
with (heap, distribution = replicate);
