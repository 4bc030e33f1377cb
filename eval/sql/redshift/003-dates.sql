-- Every day of the years 2020 to 2059. ISO years and weekdays are no parts of a date here.
insert into dim_date (day, year, quarter, month, day_of_month, iso_year, iso_week, iso_weekday)
with digit as (
  select 0 as n union all select 1 union all select 2 union all select 3 union all select 4
  union all select 5 union all select 6 union all select 7 union all select 8 union all select 9
), number as (
  select ones.n + 10 * tens.n + 100 * hundreds.n + 1000 * thousands.n + 10000 * more.n as n
  from digit as ones cross join digit as tens cross join digit as hundreds cross join digit as thousands
  cross join (select n from digit where n < 2) as more
), days as (
  select date '2020-01-01' + cast(n as integer) as day from number
), weekdays as (
  select day, cast(mod(cast(extract(dow from day) as integer) + 6, 7) + 1 as integer) as iso_weekday from days
)
select
  day, extract(year from day), extract(quarter from day), extract(month from day), extract(day from day),
  extract(year from day + 4 - iso_weekday), extract(week from day), iso_weekday
from weekdays
where day < date '2060-01-01';
