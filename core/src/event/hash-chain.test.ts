import { describe, expect, it } from 'vitest';
import {
  sampleRef,
  sealLog,
  signalDraft,
  sleepDraft,
  spawnDraft,
  wakeDraft,
} from '../testing/sealed-log.ts';
import { LogVerifier } from '../log/log-verifier.ts';
import { CHAIN_START, checkLink, type ChainFault, type ChainPosition } from './hash-chain.ts';
import type { StoredEvent } from './stored-event.ts';

/** A log of five events, the last two of generation 2. */
function log(): StoredEvent[] {
  return sealLog([
    spawnDraft(),
    wakeDraft(1),
    sleepDraft(),
    [signalDraft('pause'), { generation: 2, cause: 'span' }],
    [signalDraft('resume'), { generation: 2 }],
  ]).map(({ event }) => event);
}

/** The first fault of a log; undefined when it verifies. */
function faultOf(events: readonly StoredEvent[]): ChainFault | undefined {
  let position: ChainPosition = CHAIN_START;
  for (const event of events) {
    const result = checkLink(position, event, sampleRef);
    if ('fault' in result) return result.fault;
    position = result.position;
  }
  return undefined;
}

/** The log with one event changed. */
function changed(
  sequence: number,
  change: (event: StoredEvent, all: readonly StoredEvent[]) => Partial<StoredEvent>,
): StoredEvent[] {
  const events = log();
  return events.map((event) =>
    event.sequence === sequence ? { ...event, ...change(event, events) } : event,
  );
}

it('accepts what was sealed', () => {
  expect(faultOf(log())).toBeUndefined();
});

describe('finds', () => {
  const cases: readonly (readonly [string, StoredEvent[], number, ChainFault['reason']])[] = [
    ['a missing event', log().filter(({ sequence }) => sequence !== 3), 3, 'gap'],
    ['a missing beginning', log().slice(1), 1, 'gap'],
    ['an event twice', log().flatMap((event) => [event, event]), 2, 'gap'],
    [
      'two events swapped',
      [log()[0], log()[2], log()[1]].filter((event) => event !== undefined),
      2,
      'gap',
    ],
    [
      'two events swapped and renumbered',
      changed(2, (_event, all) => ({ ...all[2], sequence: 2 })),
      2,
      'link',
    ],
    ['a changed payload', changed(2, () => ({ payload: { tick: 9 } })), 2, 'payload'],
    ['a changed salt', changed(2, () => ({ salt: 'pepper' })), 2, 'payload'],
    [
      'a payload in place of an erased one',
      changed(2, () => ({ salt: null, payload: { tick: 9 } })),
      2,
      'payload',
    ],
    [
      'a salt taken away to hide a changed payload',
      changed(2, () => ({ salt: null })),
      2,
      'payload',
    ],
    [
      'a changed payload hash',
      changed(2, () => ({ salt: null, payload: null, payloadHash: 'f'.repeat(64) })),
      2,
      'link',
    ],
    ['a changed hash', changed(2, () => ({ hash: 'f'.repeat(64) })), 2, 'link'],
    ['a changed time', changed(2, () => ({ at: '2027-01-01T00:00:00.000Z' })), 2, 'link'],
    ['a changed commit', changed(2, () => ({ commit: 'mine' })), 2, 'link'],
    ['a changed type', changed(2, () => ({ type: 'kill' })), 2, 'link'],
    ['a changed version', changed(2, () => ({ version: 2 })), 2, 'link'],
    ['a changed done', changed(2, () => ({ done: 0 })), 2, 'link'],
    ['a changed trace', changed(2, () => ({ trace: { traceId: 'b'.repeat(32) } })), 2, 'link'],
    ['a changed cause', changed(4, () => ({ trace: { traceId: 'a'.repeat(32) } })), 4, 'link'],
    ['a member too many', changed(2, () => ({ note: 'hello' })), 2, 'link'],
    ['a raised generation', changed(3, () => ({ generation: 2 })), 3, 'link'],
    ['a generation that falls', changed(5, () => ({ generation: 1 })), 5, 'generation'],
    [
      'an event of another continuation',
      changed(2, () => ({ continuation: '01J00000000000000000000001' })),
      2,
      'foreign',
    ],
    ['an event of another tenant', changed(2, () => ({ tenant: 'other' })), 2, 'foreign'],
  ];
  for (const [what, events, sequence, reason] of cases) {
    it(what, () => {
      expect(faultOf(events)).toMatchObject({ sequence, reason });
    });
  }

  it('an event that was sealed anew after a change, by the link of the one behind it', () => {
    const forged = sealLog([spawnDraft(), wakeDraft(7), sleepDraft()]).map(({ event }) => event);
    const events = log();
    expect(
      faultOf([events[0], forged[1], ...events.slice(2)].filter((event) => event !== undefined)),
    ).toMatchObject({
      sequence: 3,
      reason: 'link',
    });
  });
});

describe('an erased payload', () => {
  const erased = changed(2, () => ({ payload: null, salt: null }));

  it('still links, as redacted', () => {
    expect(faultOf(erased)).toBeUndefined();
  });

  it('leaves no state to compare with the head', () => {
    const verifier = new LogVerifier(sampleRef);
    for (const event of erased) expect(verifier.add(event)).toBeUndefined();
    expect(verifier.position.sequence).toBe(5);
    expect(verifier.state).toBeUndefined();
    expect(verifier.head).toBeUndefined();
  });
});

describe('the verifier of a log', () => {
  it('has no head before the first event, and stays where it was at a fault', () => {
    const verifier = new LogVerifier(sampleRef);
    expect(verifier.head).toBeUndefined();
    expect(verifier.state).toBeNull();
    const [first, , third] = log();
    if (!first || !third) throw new TypeError('the log is too short');
    expect(verifier.add(first)).toBeUndefined();
    const { head } = verifier;
    expect(verifier.add(third)).toMatchObject({ sequence: 2, reason: 'gap' });
    expect(verifier.head).toBe(head);
    expect(verifier.position.sequence).toBe(1);
  });
});
