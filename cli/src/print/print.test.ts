import { describe, expect, it } from 'vitest';
import { Output } from '../output.ts';
import { sampleLog } from '../testing/sample-log.ts';
import { describeEvent } from './describe-event.ts';
import { eventLine } from './print-event.ts';
import { relativeTime, shortDuration } from './relative-time.ts';

const plain = new Output({ json: false, colours: false, write: () => undefined });

it('says each event in a few words', () => {
  expect(sampleLog().events.map(describeEvent)).toEqual([
    'wait@1: try it',
    'tick 1 by spawn',
    'ask#1 says sleep',
    'until signal go',
    'kill by alice',
    'requested',
  ]);
});

it('survives erased payloads and versions of the future', () => {
  const [first] = sampleLog().events;
  expect(describeEvent({ ...first!, salt: null, payload: null })).toBe('(erased)');
  expect(describeEvent({ ...first!, version: 99 })).toContain('does not know');
});

it('prints events in columns', () => {
  const lines = sampleLog().events.map((event) => eventLine(plain, event));
  expect(lines[3]).toBe('    4  00:00:03.000  sleep         until signal go');
});

it('tells time as seen from now', () => {
  const nowMs = Date.parse('2026-01-01T00:00:00Z');
  expect(relativeTime('2026-01-01T00:00:12Z', nowMs)).toBe('in 12 s');
  expect(relativeTime('2025-12-31T23:57:00Z', nowMs)).toBe('3 min ago');
  expect(relativeTime('2026-01-01T00:00:00.500Z', nowMs)).toBe('now');
  expect([250, 7_200_000, 432_000_000].map(shortDuration)).toEqual(['250 ms', '2 h', '5 d']);
});

describe('output', () => {
  it('is lines for people, in colours only where they show', () => {
    let text = '';
    const write = (part: string): void => {
      text += part;
    };
    new Output({ json: false, colours: true, write }).result({}, () => ['a']);
    expect(text).toBe('a\n');
    expect(new Output({ json: false, colours: true }).tone('bad', 'x')).toContain('\u001b[31m');
    expect(plain.tone('bad', 'x')).toBe('x');
  });

  it('is one line of JSON for programs, and no notes', () => {
    let text = '';
    const output = new Output({ json: true, write: (part) => (text += part) });
    output.note('by the way');
    output.result({ a: 1 }, () => ['a']);
    expect(text).toBe('{"a":1}\n');
  });
});
