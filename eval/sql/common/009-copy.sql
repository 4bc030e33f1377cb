-- How far each log was copied into a warehouse of a cloud. The copy itself knows it better: this is filled from there whenever a process begins.
create table copy_end (
  target varchar(40) not null,
  tenant varchar(40) not null,
  continuation varchar(26) not null,
  sequence bigint not null,
  primary key (target, tenant, continuation)
);
