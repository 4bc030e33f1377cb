import { expect, it } from 'vitest';
import { isSignedBy, signCall } from './call-signature.ts';

const KEY = 'k'.repeat(32);
const NOW = Date.parse('2026-03-01T12:00:00Z');
const call = {
  actorType: 'Continuation',
  actorId: 'acme.01K2M3N4P5Q6R7S8T9V0W1X2Y3',
  text: '{"kind":"wake"}',
};
const signature = signCall(KEY, call, NOW);

it('holds for five minutes, whichever clock is ahead', () => {
  for (const apartMs of [0, 300_000, -300_000]) {
    expect(isSignedBy(KEY, signature, call, NOW + apartMs)).toBe(true);
  }
  for (const apartMs of [300_001, -300_001]) {
    expect(isSignedBy(KEY, signature, call, NOW + apartMs)).toBe(false);
  }
});

it('holds for this call by this key alone', () => {
  expect(isSignedBy('x'.repeat(32), signature, call, NOW)).toBe(false);
  for (const other of [
    { ...call, actorType: 'WakeTopic' },
    { ...call, actorId: 'other.01K2M3N4P5Q6R7S8T9V0W1X2Y3' },
    { ...call, text: '{"kind":"look"}' },
  ]) {
    expect(isSignedBy(KEY, signature, other, NOW)).toBe(false);
  }
  expect(isSignedBy(KEY, signature.replace(`${NOW}`, `${NOW + 1}`), call, NOW)).toBe(false);
});

it.each(['', '.', 'x', `${NOW}`, `${NOW}.`, `${NOW}.${'0'.repeat(64)}`, `${signature}, x`])(
  'is not %j',
  (header) => {
    expect(isSignedBy(KEY, header, call, NOW)).toBe(false);
  },
);
