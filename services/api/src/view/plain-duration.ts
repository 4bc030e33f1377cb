const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** A span of time as people say it, by its largest unit: `29 seconds`, `1 day`. */
export function plainDuration(ms: number): string {
  const span = Math.abs(ms);
  for (const [unit, unitMs] of UNITS) {
    if (span < unitMs) continue;
    const count = Math.round(span / unitMs);
    return `${count} ${unit}${count === 1 ? '' : 's'}`;
  }
  return `${Math.round(span)} ms`;
}
