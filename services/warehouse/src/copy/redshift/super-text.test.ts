import { expect, it } from 'vitest';
import { superText } from './super-text.ts';

it('leaves a row as it is that can be one', () => {
  const row = JSON.stringify({ payload: { text: '𝄞'.repeat(4_000), number: 0.1 } });
  expect(superText(row)).toBe(row);
});

it('replaces NULs', () => {
  expect(superText(JSON.stringify({ text: 'a\u0000b' }))).toBe(String.raw`{"text":"a\ufffdb"}`);
});

it('cuts texts that are too long, between characters', () => {
  const row = {
    payload: { short: 'x'.repeat(16_000), long: ['𝄞'.repeat(20_000), `a${'𝄞'.repeat(20_000)}`] },
    sequence: 1,
  };
  const { payload, sequence } = JSON.parse(superText(JSON.stringify(row))) as typeof row;
  expect(sequence).toBe(1);
  expect(payload.short).toBe(row.payload.short);
  expect(payload.long).toEqual(['𝄞'.repeat(8_000), `a${'𝄞'.repeat(7_999)}`]);
});
