import { z } from 'zod';
import { JsonValue } from '../canonical/json-value.ts';
import { verbatim } from '../privacy/verbatim.ts';
import { SiblingScope } from '../topic/topic-ref.ts';

/** The longest sleep: ten years, in milliseconds (3,653 days). */
export const MAX_SLEEP_MS = 3653 * 24 * 3600 * 1000;

/** An instant as Maestro writes it: UTC with milliseconds. */
export const Instant = z.iso.datetime({ precision: 3 });
export type Instant = z.infer<typeof Instant>;

/** Wakes when the clock reaches `at`; in the past it wakes at once. */
export const TimerCondition = z.looseObject({ kind: z.literal('timer'), at: Instant });

/** Wakes on a stream's item that satisfies a CEL predicate. */
export const StreamCondition = z.looseObject({
  kind: z.literal('stream'),
  stream: verbatim(z.string().min(1).max(200), 'a stream'),
  predicate: verbatim(z.string().min(1).max(4000), 'program text').optional(),
  /** Items that came before do not count. @default the item that woke it last, or its birth */
  since: Instant.optional(),
});

/** Wakes when a sibling publishes under a tag. */
export const SiblingCondition = z.looseObject({
  kind: z.literal('sibling'),
  tag: verbatim(z.string().min(1).max(100), 'an address'),
  /** @default root */
  within: SiblingScope.optional(),
  predicate: verbatim(z.string().min(1).max(4000), 'program text').optional(),
  /** What was published before does not count. @default what woke it last, or its birth */
  since: Instant.optional(),
});

/** The name of a signal. */
export const SignalName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'must be 1-63 of a-z, 0-9, hyphen and underscore');

const Role = verbatim(z.string().min(1).max(100), 'a role');

/** Wakes when a person gives a signal, or when the timeout passes. */
export const HumanCondition = z.looseObject({
  kind: z.literal('human'),
  signal: SignalName,
  /** Who may give it: whoever has one of these. @default anybody of the tenant */
  roles: z.array(Role).max(20).optional(),
  timeout: Instant.optional(),
  /** When it is asked for again, in order; from then on whoever has one of the roles may give it, too. */
  reminders: z
    .array(
      z.looseObject({
        at: Instant,
        roles: z.array(Role).max(20).optional(),
      }),
    )
    .max(10)
    .optional(),
  /** JSON Schema of its payload. */
  schema: verbatim(z.record(z.string(), JsonValue), 'a JSON Schema').optional(),
});

/** Wakes a merge when enough of its parents have ended, or when the deadline passes. */
export const ParentsCondition = z.looseObject({
  kind: z.literal('parents'),
  need: z.int().min(1).max(100),
  deadline: Instant.optional(),
});

/** One condition that ends a sleep. */
export const SingleWakeCondition = z.discriminatedUnion('kind', [
  TimerCondition,
  StreamCondition,
  SiblingCondition,
  HumanCondition,
  ParentsCondition,
]);
export type SingleWakeCondition = z.infer<typeof SingleWakeCondition>;

/** What ends a sleep: one condition, or the first of several. */
export const WakeCondition = z.discriminatedUnion('kind', [
  TimerCondition,
  StreamCondition,
  SiblingCondition,
  HumanCondition,
  ParentsCondition,
  z.looseObject({
    kind: z.literal('anyOf'),
    conditions: z.array(SingleWakeCondition).min(1).max(20),
  }),
]);
export type WakeCondition = z.infer<typeof WakeCondition>;

/** The single conditions of a condition. */
export function singleConditions(condition: WakeCondition): readonly SingleWakeCondition[] {
  return condition.kind === 'anyOf' ? condition.conditions : [condition];
}

/** Whether a sleep waits for a signal of a name; then it is this sleep's, whatever else the name means. */
export function awaitsSignal(condition: WakeCondition | undefined, signal: string): boolean {
  return (
    condition !== undefined &&
    singleConditions(condition).some((one) => one.kind === 'human' && one.signal === signal)
  );
}

/** The instant at which the clock meets a condition; undefined when only events can. */
export function clockOf(single: SingleWakeCondition): Instant | undefined {
  switch (single.kind) {
    case 'timer':
      return single.at;
    case 'human':
      return single.timeout;
    case 'parents':
      return single.deadline;
    case 'stream':
    case 'sibling':
      return undefined;
  }
}

/** A reminder of a signal that a sleep waits for. */
export interface DueReminder {
  readonly condition: Extract<SingleWakeCondition, { kind: 'human' }>;
  readonly at: Instant;
  readonly roles: readonly string[];
  /** Counts the reminders of the sleep from 1. */
  readonly number: number;
}

/** The reminders of a sleep, in the order in which they are due. */
export function remindersOf(condition: WakeCondition): readonly DueReminder[] {
  return singleConditions(condition)
    .flatMap((single) =>
      single.kind === 'human'
        ? (single.reminders ?? []).map(({ at, roles = [] }) => ({ condition: single, at, roles }))
        : [],
    )
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .map((reminder, index) => ({ ...reminder, number: index + 1 }));
}

/** The next instant, in ms since the epoch, at which the clock ends the sleep (timer, timeout, deadline); null when only events can. */
export function clockDueMs(condition: WakeCondition): number | null {
  const times = singleConditions(condition).flatMap((single) => {
    const at = clockOf(single);
    return at === undefined ? [] : [Date.parse(at)];
  });
  return times.length > 0 ? Math.min(...times) : null;
}
