import { headKey, logKey, snapshotKey, type ContinuationRef } from '@maestro/core';
import { sampleCommit } from '@maestro/core/testing';
import { expect, it } from 'vitest';
import { logEndOf } from './log-end.ts';

const ref: ContinuationRef = { tenant: 'acme', id: '01JB0000000000000000000000' };
const { head, entries } = sampleCommit(ref, null, { commitId: 'x.1', events: 4 }).commit;

it('a head says where the log ends, as text or as a JSON string of it', () => {
  expect(logEndOf(headKey(ref), head)).toEqual({ ref, sequence: 4 });
  expect(logEndOf(headKey(ref), JSON.stringify(head))).toEqual({ ref, sequence: 4 });
});

it.each([
  ['a log entry', logKey(ref, 1), entries[0]],
  ['a snapshot', snapshotKey(ref, 100), head],
  ['a deleted head', headKey(ref), undefined],
  ['another key', 'acme:head', head],
  ['no key', undefined, head],
])('%s says nothing', (_what, key, value) => {
  expect(logEndOf(key, value)).toBeUndefined();
});

it.each([
  ['no JSON', '{'],
  ['no sequence', '{"status":"running"}'],
  ['an object', {}],
])('a head that cannot be read is not passed over: %s', (_what, value) => {
  expect(() => logEndOf(headKey(ref), value)).toThrow(
    expect.objectContaining({ code: 'log.corrupt' }),
  );
});
