-- Every day of the years 2020 to 2059.
create table dim_date (
  day date not null primary key,
  year integer not null,
  quarter integer not null,
  month integer not null,
  day_of_month integer not null,
  iso_year integer not null,
  iso_week integer not null,
  iso_weekday integer not null
);

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
)
select
  day, extract(year from day), extract(quarter from day), extract(month from day), extract(day from day),
  extract(isoyear from day), extract(week from day), extract(isodow from day)
from days
where day < date '2060-01-01';
