-- Milliseconds from one instant to another.
create function ms_between(earlier timestamp, later timestamp) returns bigint
  immutable language sql
  as $$ select round(extract(epoch from later - earlier) * 1000)::bigint $$;

-- A whole number; null for whatever else a payload has in its place.
create function whole_number(value jsonb) returns bigint
  immutable language sql
  as $$ select case when jsonb_typeof(value) = 'number' and value::text ~ '^-?[0-9]{1,18}$' then value::text::bigint end $$;
