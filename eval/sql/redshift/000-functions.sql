-- Milliseconds from one instant to another.
create function ms_between(timestamp, timestamp) returns bigint
  immutable
  as $$ select datediff(ms, $1, $2) $$ language sql;
