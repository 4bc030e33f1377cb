-- Milliseconds from one instant to another.
create macro ms_between(earlier, later) as date_diff('millisecond', earlier, later);
