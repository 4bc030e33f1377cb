import { z } from 'zod';

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
  stream: z.string().min(1).max(200),
  predicate: z.string().min(1).max(4000).optional(),
});

/** Wakes when a sibling publishes under a tag. */
export const SiblingCondition = z.looseObject({
  kind: z.literal('sibling'),
  tag: z.string().min(1).max(100),
  predicate: z.string().min(1).max(4000).optional(),
});

/** The name of a signal. */
export const SignalName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'must be 1-63 of a-z, 0-9, hyphen and underscore');

/** Wakes when a person gives a signal, or when the timeout passes. */
export const HumanCondition = z.looseObject({
  kind: z.literal('human'),
  signal: SignalName,
  roles: z.array(z.string().min(1).max(100)).max(20).optional(),
  timeout: Instant.optional(),
});

/** One condition that ends a sleep. */
export const SingleWakeCondition = z.discriminatedUnion('kind', [
  TimerCondition,
  StreamCondition,
  SiblingCondition,
  HumanCondition,
]);
export type SingleWakeCondition = z.infer<typeof SingleWakeCondition>;

/** What ends a sleep: one condition, or the first of several. */
export const WakeCondition = z.discriminatedUnion('kind', [
  TimerCondition,
  StreamCondition,
  SiblingCondition,
  HumanCondition,
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

/** The next instant, in ms since the epoch, at which the clock ends the sleep (timer or timeout); null when only events can. */
export function clockDueMs(condition: WakeCondition): number | null {
  const times = singleConditions(condition).flatMap((single) => {
    if (single.kind === 'timer') return [Date.parse(single.at)];
    return single.kind === 'human' && single.timeout ? [Date.parse(single.timeout)] : [];
  });
  return times.length > 0 ? Math.min(...times) : null;
}
