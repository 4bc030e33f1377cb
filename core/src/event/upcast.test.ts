import { describe, expect, it } from 'vitest';
import { sealLog, signalDraft, spawnDraft } from '../testing/sealed-log.ts';
import { EVENT_VERSION, type StoredEvent } from './stored-event.ts';
import { upcast, UPCASTERS, type UpcasterTable } from './upcast.ts';

/** An event as the log holds it, with some of it changed. */
function storedSignal(more: Partial<StoredEvent> = {}): StoredEvent {
  const event = sealLog([spawnDraft(), signalDraft('pause', { payload: 1 })])[1]?.event;
  if (!event) throw new TypeError('no event');
  return { ...event, ...more };
}

/** Before version 0 became 1 the signal was called `name` and the person `who`; before that, `0` had no request id. */
const table: UpcasterTable = {
  human_signal: {
    0: (payload) => {
      const { name, ...rest } = payload as { name: string };
      return { ...rest, signal: name };
    },
    1: (payload) => {
      const { who, ...rest } = payload as { who: string };
      return { ...rest, by: { subject: who } };
    },
  },
};

describe('an event of an older version', () => {
  const old = storedSignal({
    version: 0,
    payload: { name: 'pause', who: 'alice', requestId: 'r1' },
  });

  it('is taken to the current one step by step', () => {
    expect(upcast(old, table, 2)).toMatchObject({
      version: 0,
      payload: { signal: 'pause', by: { subject: 'alice' }, requestId: 'r1' },
    });
  });

  it('begins at the version that it has', () => {
    const younger = {
      ...old,
      version: 1,
      payload: { signal: 'pause', who: 'bob', requestId: 'r1' },
    };
    expect(upcast(younger, table, 2).payload).toMatchObject({ by: { subject: 'bob' } });
  });

  it('keeps its stored bytes: hashes and salt stay what they were', () => {
    const { hash, payloadHash, salt, version } = upcast(old, table, 2);
    expect({ hash, payloadHash, salt, version }).toEqual({
      hash: old.hash,
      payloadHash: old.payloadHash,
      salt: old.salt,
      version: 0,
    });
    expect(old.payload).toEqual({ name: 'pause', who: 'alice', requestId: 'r1' });
  });

  it('that nothing turns into the current one is refused: event.unsupported_version', () => {
    for (const upcasters of [{}, { human_signal: { 0: (payload: unknown) => payload } }]) {
      expect(() => upcast(old, upcasters, 2)).toThrow(
        expect.objectContaining({ code: 'event.unsupported_version' }),
      );
    }
  });

  it('that does not fit after all is refused, naming where: log.corrupt', () => {
    const wrong = { ...old, payload: { name: 'No Signal', who: '', requestId: 'r1' } };
    expect(() => upcast(wrong, table, 2)).toThrow(
      expect.objectContaining({
        code: 'log.corrupt',
        details: [
          expect.objectContaining({ at: '/payload/signal' }),
          expect.objectContaining({ at: '/payload/by/subject' }),
        ],
      }),
    );
  });
});

it('an event of a newer version is refused: event.unsupported_version', () => {
  expect(() => upcast(storedSignal({ version: EVENT_VERSION + 1 }))).toThrow(
    expect.objectContaining({ code: 'event.unsupported_version' }),
  );
});

it('an erased payload is refused: log.corrupt', () => {
  expect(() => upcast(storedSignal({ payload: null, salt: null }))).toThrow(
    expect.objectContaining({ code: 'log.corrupt' }),
  );
});

it('every version before the current one has its upcasters', () => {
  for (const steps of Object.values(UPCASTERS)) {
    for (const from of Object.keys(steps)) expect(Number(from)).toBeLessThan(EVENT_VERSION);
  }
});
