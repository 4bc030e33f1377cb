import {
  parseStoredEvent,
  upcast,
  type ContinuationEvent,
  type ContinuationRef,
  type EventLog,
} from '@maestro/core';

/** Turns this short before an event belong to the last ones, in ms: their host may have died before it had exported them. */
const LAST_MS = 60_000;

/** Events that are looked through for them, and how many are read at a time. */
const LOOK_BACK = 100;
const PAGE = 25;

/** All events of one commit. */
export type Turn = readonly [ContinuationEvent, ...ContinuationEvent[]];

/** What was read of a log's end. */
export interface LastTurns {
  /** Those of the last minute, oldest first. */
  readonly turns: readonly Turn[];
  /** All events that were read; some may be older. */
  readonly events: readonly ContinuationEvent[];
}

/**
 * The turns of the last minute up to an event, as far as they are among the last 100 events.
 *
 * @throws MaestroError when the log cannot be read, or what it holds is erased or unknown.
 */
export async function readLastTurns(
  log: EventLog,
  ref: ContinuationRef,
  last: ContinuationEvent,
): Promise<LastTurns> {
  const sinceMs = Date.parse(last.at) - LAST_MS;
  let events: readonly ContinuationEvent[] = [last];
  let from = last.sequence;
  while (from > 1 && events.length < LOOK_BACK && Date.parse(events[0]?.at ?? '') >= sinceMs) {
    const next = Math.max(1, from - PAGE);
    const rows = await log.readRange(ref, next, from - next);
    events = [...rows.map((row) => upcast(parseStoredEvent(row))), ...events];
    from = next;
  }
  // The first one may have begun before what was read.
  const turns = turnsOf(events).filter(([{ at, sequence }], index) => {
    const whole = index > 0 || sequence === 1;
    return whole && Date.parse(at) >= sinceMs;
  });
  return { turns, events };
}

/** Events by the commits that they were stored by. */
function turnsOf(events: readonly ContinuationEvent[]): readonly Turn[] {
  const turns: [ContinuationEvent, ...ContinuationEvent[]][] = [];
  for (const event of events) {
    const turn = turns.at(-1);
    if (turn && turn[0].commit === event.commit) turn.push(event);
    else turns.push([event]);
  }
  return turns;
}
