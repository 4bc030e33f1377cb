/** What is promised of timer wakes: this share of them begins within this time. The time has to be a bound of the histogram's buckets. */
export const WAKE_OBJECTIVE = { share: 0.99, withinMs: 2000 } as const;
