-- An event comes into a window once, so there is nothing to put together.
insert into fact_model_call (
  tenant, continuation, sequence, step_id, attempt, called_at, called_date, tier, provider, model, runtime, input_tokens,
  output_tokens, latency_ms, safety_outcome
)
select
  tenant, continuation, sequence, step_id, attempt, occurred_at, cast(occurred_at as date), tier, provider, model, runtime,
  input_tokens, output_tokens, latency_ms, safety_outcome
from #build_event
where event_type = 'model_call';
