/** A series that Prometheus keeps for others to look at. */
export interface RecordingRule {
  /** `maestro:what:how`. */
  readonly record: `maestro:${string}:${string}`;
  readonly expr: string;
}

/** Something that somebody has to know. */
export interface AlertRule {
  readonly alert: `Maestro${string}`;
  readonly expr: string;
  /** How long it has to hold before anybody is told. */
  readonly for: `${number}${'s' | 'm' | 'h'}`;
  /** `page`: promises are broken now. `ticket`: look at it in working hours. */
  readonly severity: 'page' | 'ticket';
  /** In one line. */
  readonly summary: string;
  /** File in `docs/runbooks`. */
  readonly runbook: `${string}.md`;
}
