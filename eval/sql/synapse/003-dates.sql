-- Every day of the years 2020 to 2059. A week's year is that of its Thursday; 1900-01-01 was a Monday.
insert into dim_date (day, year, quarter, month, day_of_month, iso_year, iso_week, iso_weekday)
select
  day, datepart(year, day), datepart(quarter, day), datepart(month, day), datepart(day, day),
  datepart(year, dateadd(day, 4 - iso_weekday, day)), datepart(iso_week, day), iso_weekday
from (
  select day, datediff(day, '19000101', day) % 7 + 1 as iso_weekday
  from (
    select dateadd(day, n, cast('20200101' as date)) as day
    from (
      select ones.n + 10 * tens.n + 100 * hundreds.n + 1000 * thousands.n + 10000 * more.n as n
      from (select 0 as n union all select 1 union all select 2 union all select 3 union all select 4 union all select 5 union all select 6 union all select 7 union all select 8 union all select 9) as ones
      cross join (select 0 as n union all select 1 union all select 2 union all select 3 union all select 4 union all select 5 union all select 6 union all select 7 union all select 8 union all select 9) as tens
      cross join (select 0 as n union all select 1 union all select 2 union all select 3 union all select 4 union all select 5 union all select 6 union all select 7 union all select 8 union all select 9) as hundreds
      cross join (select 0 as n union all select 1 union all select 2 union all select 3 union all select 4 union all select 5 union all select 6 union all select 7 union all select 8 union all select 9) as thousands
      cross join (select 0 as n union all select 1) as more
    ) as number
  ) as days
) as weekdays
where day < '20600101' and not exists (select 1 from dim_date);
