import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actorIdOf, ContinuationId, deriveContinuationId, parseActorId } from './identifiers.ts';
import { headKey, logKey, partitionKeyOf, snapshotKey } from './row-keys.ts';

const ref = { tenant: 'acme', id: '01J00000000000000000000000' };

describe('the id behind an idempotency key', () => {
  it('looks like any other id, and is the same for the same tenant and key', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (tenant, key) => {
        const id = deriveContinuationId(tenant, key);
        expect(ContinuationId.safeParse(id).success).toBe(true);
        expect(deriveContinuationId(tenant, key)).toBe(id);
      }),
    );
  });

  it('differs by tenant and by key', () => {
    const ids = ['a', 'b', 'a\nb', ''].flatMap((tenant) =>
      ['x', 'y', 'b\nx'].map((key) => deriveContinuationId(tenant, key)),
    );
    // `a` with `b\nx` and `a\nb` with `x` would be one text, but a tenant has no line breaks.
    expect(new Set(ids).size).toBe(ids.length - 1);
  });

  it('is the one that earlier releases derived', () => {
    expect(deriveContinuationId('acme', 'key-1')).toMatchInlineSnapshot(
      `"1A8M35JNMYF16Z0WQA0ZHQGJH5"`,
    );
  });
});

describe('an actor id', () => {
  it('names tenant and continuation', () => {
    expect(actorIdOf(ref)).toBe('acme.01J00000000000000000000000');
    expect(parseActorId(actorIdOf(ref))).toEqual(ref);
  });

  it('that is none is refused: id.invalid', () => {
    const wrong = [
      '',
      '.',
      'acme',
      'acme.',
      `.${ref.id}`,
      `Acme.${ref.id}`,
      `acme.x.${ref.id}`,
      `acme.${ref.id.toLowerCase()}`,
      `acme.8${ref.id.slice(1)}`,
      `acme.${ref.id}0`,
      `${'a'.repeat(41)}.${ref.id}`,
      `acme:x.${ref.id}`,
    ];
    for (const actorId of wrong) {
      expect(() => parseActorId(actorId)).toThrow(expect.objectContaining({ code: 'id.invalid' }));
    }
  });
});

describe('row keys', () => {
  it('are of the partition of their continuation, and sort as their sequences', () => {
    expect(partitionKeyOf(ref)).toBe(`acme:${ref.id}`);
    expect(headKey(ref)).toBe(`acme:${ref.id}:head`);
    expect(snapshotKey(ref, 100)).toBe(`acme:${ref.id}:snap:000000000100`);
    const sequences = [1, 2, 10, 99, 100, 12_345, 999_999_999_999];
    const keys = sequences.map((sequence) => logKey(ref, sequence));
    expect([...keys].sort()).toEqual(keys);
    expect(keys[0]).toBe(`acme:${ref.id}:log:000000000001`);
  });

  it('hold nothing that a store forbids in keys', () => {
    for (const key of [headKey(ref), logKey(ref, 1), snapshotKey(ref, 1)]) {
      expect(key).not.toMatch(/[/\\?#]/);
    }
  });
});
