-- What woke it.
alter table fact_continuation_tick add column cause varchar(20);
