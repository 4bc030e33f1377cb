-- An instant as logs have it; null for whatever else is in its place.
create function instant_of(value text) returns timestamp
  immutable language plpgsql
  as $$
begin
  if value !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,12}Z$' then
    return null;
  end if;
  return left(value, -1)::timestamp;
exception when data_exception then
  return null;
end $$;
