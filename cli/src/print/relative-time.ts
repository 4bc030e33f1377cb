const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** A span of time, compact: `250 ms`, `12 s`, `3 min`, `2 h`, `5 d`. */
export function shortDuration(ms: number): string {
  const span = Math.abs(ms);
  for (const [unit, unitMs] of UNITS) {
    if (span >= unitMs) return `${Math.round(span / unitMs)} ${unit}`;
  }
  return `${Math.round(span)} ms`;
}

/** An instant as seen from now: `in 12 s`, `3 min ago`, `now`. */
export function relativeTime(instant: string, nowMs: number): string {
  const inMs = Date.parse(instant) - nowMs;
  if (Math.abs(inMs) < 1000) return 'now';
  return inMs > 0 ? `in ${shortDuration(inMs)}` : `${shortDuration(inMs)} ago`;
}
