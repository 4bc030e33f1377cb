import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../canonical/canonical-json.ts';
import { ERROR_CATALOGUE } from '../errors/catalogue.ts';
import { REDACTION_KINDS } from '../privacy/redaction-kind.ts';
import { arbitraryOf } from '../testing/arbitrary-of.ts';
import { sampleRef, sealLog, signalDraft, spawnDraft } from '../testing/sealed-log.ts';
import { ErrorPayload, EVENT_PAYLOADS, type EventDraft, type EventType } from './event-payloads.ts';
import { CHAIN_START, checkLink } from './hash-chain.ts';
import { parseStoredEvent } from './parse-stored-event.ts';
import { MAX_ROW_BYTES, sealEvent, type SealContext } from './seal.ts';
import { upcast } from './upcast.ts';

const overrides = new Map([
  [ErrorPayload.shape.code, fc.constantFrom(...Object.keys(ERROR_CATALOGUE))],
]);

const drafts = fc.oneof(
  ...Object.entries(EVENT_PAYLOADS).map(([type, schema]) =>
    arbitraryOf(schema, overrides).map(
      (payload) => ({ type: type as EventType, payload }) as EventDraft,
    ),
  ),
);

const redactions = fc.option(
  fc.dictionary(fc.constantFrom(...REDACTION_KINDS), fc.integer({ min: 1, max: 1e6 })),
  { nil: undefined },
);

const contexts: fc.Arbitrary<SealContext> = fc.record({
  tenant: fc.constantFrom('acme', 'a-b', '0'),
  continuation: fc.constant(sampleRef.id),
  generation: fc.integer({ min: 1, max: 1e9 }),
  sequence: fc.constant(1),
  previous: fc.constant('0'.repeat(64)),
  at: fc.constantFrom('2026-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'),
  commit: fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
  done: fc.nat(1e9),
  trace: fc.record(
    { traceId: fc.constant('f'.repeat(32)), cause: fc.string({ maxLength: 60 }) },
    { requiredKeys: ['traceId'] },
  ),
  salt: fc.base64String({ maxLength: 24 }),
});

function contextOf(more: Partial<SealContext> = {}): SealContext {
  return {
    tenant: sampleRef.tenant,
    continuation: sampleRef.id,
    generation: 1,
    sequence: 1,
    previous: '0'.repeat(64),
    at: '2026-01-01T00:00:00.000Z',
    commit: 'c',
    done: 0,
    trace: { traceId: 'a'.repeat(32) },
    salt: 's',
    ...more,
  };
}

describe('sealing an event', () => {
  it('writes the row in canonical form, links it, and gives back what a reader of the row sees', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(drafts, redactions, contexts, (payload, taken, context) => {
        const draft = { ...payload, redactions: taken };
        const { row, event } = sealEvent(draft, context);
        seen.add(draft.type);
        expect(canonicalJson(JSON.parse(row))).toBe(row);
        const stored = parseStoredEvent(row);
        expect(stored).toEqual(event);
        expect(stored.redactions ?? {}).toEqual(taken ?? {});
        expect(upcast(stored)).toEqual(event);
        const owner = { tenant: context.tenant, id: context.continuation };
        expect(checkLink(CHAIN_START, stored, owner)).toEqual({
          position: { hash: event.hash, sequence: 1, generation: context.generation },
        });
      }),
      { numRuns: 1000 },
    );
    expect([...seen].sort()).toEqual(Object.keys(EVENT_PAYLOADS).sort());
  }, 30_000);

  it('gives different hashes to the same payload under different salts', () => {
    const draft = signalDraft('go');
    const one = sealEvent(draft, contextOf({ salt: 'one' })).event;
    const two = sealEvent(draft, contextOf({ salt: 'two' })).event;
    expect(one.payloadHash).not.toBe(two.payloadHash);
  });

  it('refuses an event that no store can hold: event.too_large', () => {
    const fits = signalDraft('go', { payload: 'x'.repeat(MAX_ROW_BYTES - 1000) });
    expect(Buffer.byteLength(sealEvent(fits, contextOf()).row)).toBeLessThanOrEqual(MAX_ROW_BYTES);
    const characters = signalDraft('go', { payload: 'x'.repeat(MAX_ROW_BYTES) });
    // Bytes count, not characters.
    const bytes = signalDraft('go', { payload: '漢'.repeat(MAX_ROW_BYTES / 3) });
    for (const draft of [characters, bytes]) {
      expect(() => sealEvent(draft, contextOf())).toThrow(
        expect.objectContaining({ code: 'event.too_large' }),
      );
    }
  });

  it('refuses a payload that could not be read again: internal.error', () => {
    const draft = { type: 'kill', payload: { reason: 'boredom' } } as unknown as EventDraft;
    expect(() => sealEvent(draft, contextOf())).toThrow(
      expect.objectContaining({ code: 'internal.error' }),
    );
  });

  it('never writes what is flagged as personal data, wherever it stands', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z][a-z]{7,20}$/), (name) => {
        const rows = sealLog([
          spawnDraft({ requestedBy: { subject: 'u1', name } }),
          signalDraft('pause', { by: { subject: 'u1', name }, note: `ask ${name}` }),
        ]).map(({ row }) => row);
        expect(rows.join('\n')).not.toContain(name);
        expect(rows[1]).toContain('"note":"[redacted]"');
      }),
    );
  });

  it('keeps what a newer release has added to a payload', () => {
    const draft = signalDraft('go');
    const newer = { ...draft, payload: { ...draft.payload, mood: 'good' } } as EventDraft;
    const { row } = sealEvent(newer, contextOf());
    expect(upcast(parseStoredEvent(row)).payload).toMatchObject({ mood: 'good' });
  });
});

describe('reading a row', () => {
  it('that is no event is refused: log.corrupt', () => {
    for (const row of [
      '',
      'null',
      '{}',
      '{"type":"dance"}',
      sealLog([spawnDraft()])[0]?.row.slice(1) ?? '',
    ]) {
      expect(() => parseStoredEvent(row)).toThrow(expect.objectContaining({ code: 'log.corrupt' }));
    }
  });
});
