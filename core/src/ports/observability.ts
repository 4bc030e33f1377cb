/** Names and values that describe a measurement; few distinct values each, never ids or personal data. */
export type Labels = Readonly<Record<string, string>>;

/** Counts and measures what the runtime does. */
export interface Observability {
  /** Adds to a counter. Names are constants of {@link METRICS}. */
  count(name: CounterName, labels?: Labels, by?: number): void;

  /** Records one measurement, in the unit that the name ends with. */
  record(name: HistogramName, value: number, labels?: Labels): void;
}

/** Every metric of the runtime and what it means. */
export const METRICS = {
  counters: {
    maestro_turns_total: 'Turns by command and result',
    maestro_events_committed_total: 'Events committed, by type',
    maestro_commits_fenced_total:
      'Commits that were refused because another host owns the continuation',
    maestro_takeovers_total: 'Continuations that this host took over (generation raised)',
    maestro_step_attempts_total: 'Attempts of detached steps, by result',
    maestro_registrations_renewed_total:
      'Times the host registered its actors anew because no callbacks came',
    maestro_dead_letters_total:
      'Messages that were put on a dead-letter topic, by topic and reason',
    maestro_effects_repeated_total:
      'Events whose effects were done again by a new activation, which cannot know that they were',
  },
  histograms: {
    maestro_wake_lateness_ms: 'How long after it was due a timer wake began',
    maestro_commit_ms: 'How long a commit took',
    maestro_turn_ms: 'How long a turn took, by command',
  },
} as const;

export type CounterName = keyof (typeof METRICS)['counters'];
export type HistogramName = keyof (typeof METRICS)['histograms'];
