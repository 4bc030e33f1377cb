/** Sequence of the sleep that the first pause of `history@1` is: spawn, wake, step, sleep. */
const FIRST_PAUSE = 4;
/** Events from a pause to the sleep after it: signal, wake, step, sleep; and of each tick by timer: wake, step, sleep. */
const AFTER_PAUSE = 4;
const PER_TICK = 3;

/** Ticks from the first pause to one whose sleep is event 299: 99 events behind the snapshot before it, the most there are. */
const TICKS_TO_FURTHEST = 97;

/** The sequences of the sleeps that are pauses, given the ticks before each. */
export function pausesAt(ticks: readonly number[]): readonly number[] {
  const [first = 0, ...others] = ticks;
  const pauses = [FIRST_PAUSE + PER_TICK * first];
  for (const count of others) pauses.push((pauses.at(-1) ?? 0) + AFTER_PAUSE + PER_TICK * count);
  return pauses;
}

/** Ticks for a log of about `events` events, at most 2 fewer, that ends in a pause; from 400 events on with one at event 299. */
export function ticksFor(events: number): readonly number[] {
  const before = events < 400 ? [0] : [0, TICKS_TO_FURTHEST];
  const left = events - (pausesAt(before).at(-1) ?? 0) - AFTER_PAUSE;
  return [...before, Math.floor(left / PER_TICK)];
}
