/** Names and values that describe a measurement; few distinct values each, never ids or personal data. */
export type Labels = Readonly<Record<string, string>>;

/** Counts and measures what the runtime does. */
export interface Observability {
  /** Adds to a counter. Names are constants of {@link METRICS}. */
  count<N extends CounterName>(name: N, labels?: LabelsOf<N>, by?: number): void;

  /** Records one measurement, in the unit that the name ends with. */
  record<N extends HistogramName>(name: N, value: number, labels?: LabelsOf<N>): void;

  /** Says how much of something there is now. A gauge that is never set here is not shown. */
  set<N extends GaugeName>(name: N, value: number, labels?: LabelsOf<N>): void;

  /** Sets all values of a gauge at once: labels that are not among them are gone. */
  replace<N extends GaugeName>(name: N, values: readonly GaugeValue<N>[]): void;
}

/** Every metric of the runtime and what it means. */
export const METRICS = {
  counters: {
    maestro_turns_total: 'Turns by command and result',
    maestro_ticks_total: 'Ticks that began here',
    maestro_spent_micro_usd_total:
      'Charged to budgets by commits of this host, in millionths of a US dollar',
    maestro_events_committed_total: 'Events committed, by type',
    maestro_commits_fenced_total:
      'Commits that were refused because another host owns the continuation',
    maestro_takeovers_total: 'Continuations that this host took over (generation raised)',
    maestro_step_attempts_total: 'Attempts of detached steps, by result',
    maestro_registrations_renewed_total:
      'Times the host registered its actors anew because no callbacks came',
    maestro_wakes_rearmed_total:
      'Continuations that were overdue by a minute and were woken and armed anew',
    maestro_warehouse_events_total: 'Events that were written to the warehouse',
    maestro_warehouse_behind_total:
      'Continuations of which the reconciler found events that no message had brought',
    maestro_warehouse_overdue_total:
      'Continuations that the reconciler found overdue by a minute and had woken',
    maestro_dead_letters_total:
      'Messages that were put on a dead-letter topic, by topic and reason',
    maestro_requests_total: 'Requests that the API answered, by operation and status',
    maestro_effects_repeated_total:
      'Events whose effects were done again by a new activation, which cannot know that they were',
  },
  gauges: {
    maestro_activations: 'Continuations in the memory of this host',
    maestro_turns_under_way: 'Turns under way on this host, to the end of their effects and calls',
    maestro_steps_under_way: 'Detached steps under way on this host',
    maestro_continuations: 'Continuations of all tenants by status, as the facts tell',
    maestro_tenant_spent_micro_usd:
      'Charged so far by tenant, in millionths of a US dollar: those that spent most, the rest as other',
    maestro_probe_overdue_ms: 'How long the probe of this environment has been overdue',
    maestro_warehouse_compared_at_ms:
      'When store and tables were compared last, or the warehouse began; in ms since the epoch',
    maestro_warehouse_compare_every_ms: 'How long the pause between two comparisons is',
    maestro_warehouse_built_at_ms:
      'Up to when facts hold what the tables hold, or when the warehouse began; in ms since the epoch',
    maestro_copy_lacking_events: 'Events that the copy in a warehouse of a cloud lacks',
  },
  histograms: {
    maestro_wake_lateness_ms: 'How long after it was due a timer wake began',
    maestro_probe_lateness_ms:
      'How late the probe of this environment was woken, as each worker has read it',
    maestro_commit_ms: 'How long a commit took',
    maestro_warehouse_lag_ms: 'How long after it was made an event was in the warehouse',
    maestro_turn_ms: 'How long a turn took, by command',
    maestro_request_ms: 'How long the API took for a request, by method; live streams left out',
    maestro_tick_ms:
      'How long a tick took, from the turn that began it to the commit that ended it',
  },
} as const;

export type CounterName = keyof (typeof METRICS)['counters'];
export type GaugeName = keyof (typeof METRICS)['gauges'];
export type HistogramName = keyof (typeof METRICS)['histograms'];
export type MetricName = CounterName | GaugeName | HistogramName;

/** The label names of each metric that has any. */
export const METRIC_LABELS = {
  maestro_turns_total: ['command', 'result'],
  maestro_events_committed_total: ['type'],
  maestro_commits_fenced_total: ['result'],
  maestro_step_attempts_total: ['result'],
  maestro_dead_letters_total: ['topic', 'code'],
  maestro_requests_total: ['operation', 'status'],
  maestro_turn_ms: ['command'],
  maestro_request_ms: ['method'],
  maestro_continuations: ['status'],
  maestro_tenant_spent_micro_usd: ['tenant'],
} as const satisfies Readonly<Partial<Record<MetricName, readonly string[]>>>;

/** Values of labels that are known beforehand: their counters are there from the start, so that the first increase is seen as one. */
export const METRIC_VALUES = {
  maestro_commits_fenced_total: { result: ['conflict', 'superseded'] },
  maestro_step_attempts_total: { result: ['returned', 'threw', 'interrupted', 'aborted'] },
} as const;

type LabelName<N> = N extends keyof typeof METRIC_LABELS
  ? (typeof METRIC_LABELS)[N][number]
  : never;

/** The labels of one metric. */
export type LabelsOf<N extends MetricName> = Readonly<Partial<Record<LabelName<N>, string>>>;

/** One of the values of a gauge. */
export interface GaugeValue<N extends GaugeName> {
  readonly labels: LabelsOf<N>;
  readonly value: number;
}
