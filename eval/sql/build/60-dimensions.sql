drop table if exists build_tenant;
create temp table build_tenant as
with part as (
  select dim_tenant.tenant, dim_tenant.first_event_at, dim_tenant.last_event_at, dim_tenant.continuations
  from dim_tenant
  where exists (select 1 from build_window where build_window.tenant = dim_tenant.tenant)
  union all
  select tenant, occurred_at, occurred_at, case when event_type = 'spawn' then 1 else 0 end from build_event
)
select
  tenant, min(first_event_at) as first_event_at, max(last_event_at) as last_event_at, sum(continuations) as continuations
from part
group by tenant;

delete from dim_tenant where exists (select 1 from build_tenant where build_tenant.tenant = dim_tenant.tenant);
insert into dim_tenant (tenant, first_event_at, last_event_at, continuations)
select tenant, first_event_at, last_event_at, continuations from build_tenant;
drop table build_tenant;

drop table if exists build_recipe;
create temp table build_recipe as
with part as (
  select recipe, first_used_at, last_used_at from dim_recipe
  where exists (select 1 from build_event where build_event.event_type = 'spawn' and build_event.recipe = dim_recipe.recipe)
  union all
  select recipe, occurred_at, occurred_at from build_event where event_type = 'spawn' and recipe is not null
)
select recipe, min(first_used_at) as first_used_at, max(last_used_at) as last_used_at
from part
group by recipe;

delete from dim_recipe where exists (select 1 from build_recipe where build_recipe.recipe = dim_recipe.recipe);
insert into dim_recipe (recipe, name, version, first_used_at, last_used_at)
select recipe, split_part(recipe, '@', 1), cast(split_part(recipe, '@', 2) as bigint), first_used_at, last_used_at
from build_recipe;
drop table build_recipe;

drop table if exists build_model;
create temp table build_model as
with part as (
  select provider, model, first_used_at, last_used_at from dim_model
  where exists (
    select 1 from build_event
    where build_event.event_type = 'model_call' and build_event.provider = dim_model.provider
      and build_event.model = dim_model.model
  )
  union all
  select provider, model, occurred_at, occurred_at from build_event
  where event_type = 'model_call' and provider is not null and model is not null
)
select provider, model, min(first_used_at) as first_used_at, max(last_used_at) as last_used_at
from part
group by provider, model;

delete from dim_model
where exists (
  select 1 from build_model where build_model.provider = dim_model.provider and build_model.model = dim_model.model
);
insert into dim_model (provider, model, first_used_at, last_used_at)
select provider, model, first_used_at, last_used_at from build_model;
drop table build_model;
