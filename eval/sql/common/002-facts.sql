-- Keys are the names themselves, not numbers of our own: those would depend on the order in which events came.

-- One row for each attempt of a step.
create table fact_continuation_step (
  tenant varchar(40) not null,
  continuation varchar(26) not null,
  step_id varchar(80) not null,
  attempt bigint not null,
  step varchar(63) not null,
  generation bigint not null,
  first_sequence bigint not null,
  last_sequence bigint not null,
  first_at timestamp not null,
  first_date date not null,
  intended_at timestamp,
  finished_at timestamp,
  duration_ms bigint,
  lease_ms bigint,
  outcome varchar(20),
  error_code varchar(100),
  model_calls bigint not null,
  tool_calls bigint not null,
  charged_micro_usd bigint not null,
  primary key (tenant, continuation, step_id, attempt)
);

-- One row for each continuation.
create table fact_continuation_lifecycle (
  tenant varchar(40) not null,
  continuation varchar(26) not null,
  recipe varchar(80),
  objective varchar(4000),
  sensitivity varchar(20),
  requested_by varchar(200),
  root varchar(26),
  depth bigint,
  status varchar(20) not null,
  created_at timestamp,
  created_date date,
  first_wake_at timestamp,
  last_event_at timestamp not null,
  finished_at timestamp,
  finished_date date,
  duration_ms bigint,
  ending varchar(20),
  failure_code varchar(100),
  kill_reason varchar(20),
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
);

-- One row for each answer of a model.
create table fact_model_call (
  tenant varchar(40) not null,
  continuation varchar(26) not null,
  sequence bigint not null,
  step_id varchar(80),
  attempt bigint,
  called_at timestamp not null,
  called_date date not null,
  tier varchar(40),
  provider varchar(200),
  model varchar(200),
  runtime varchar(40),
  input_tokens bigint,
  output_tokens bigint,
  latency_ms float8,
  safety_outcome varchar(20),
  primary key (tenant, continuation, sequence)
);

create table dim_tenant (
  tenant varchar(40) not null primary key,
  first_event_at timestamp not null,
  last_event_at timestamp not null,
  continuations bigint not null
);

create table dim_recipe (
  recipe varchar(80) not null primary key,
  name varchar(63) not null,
  version bigint not null,
  first_used_at timestamp not null,
  last_used_at timestamp not null
);

create table dim_model (
  provider varchar(200) not null,
  model varchar(200) not null,
  first_used_at timestamp not null,
  last_used_at timestamp not null,
  primary key (provider, model)
);

-- Up to which event each log has been taken into the tables above.
create table build_end (
  tenant varchar(40) not null,
  continuation varchar(26) not null,
  sequence bigint not null,
  primary key (tenant, continuation)
);

-- Of which statements they were built.
create table build_state (
  name varchar(40) not null primary key,
  checksum varchar(64) not null
);
