import { canonicalJson, LogVerifier, parseStoredEvent, upcast } from '@maestro/core';
import { expect, it } from 'vitest';
import { IDS, waitingLog } from '../testing/closed-log.ts';
import { LogCopier } from './copy-log.ts';

const source = { tenant: 'acme', id: IDS[0] };
const target = { tenant: 'globex', id: IDS[1] };
const log = waitingLog(source, { pauses: 4 });

function copied(): string[] {
  const copier = new LogCopier(target);
  return log.map((event) => copier.copy(canonicalJson(event)));
}

it('is a log of the new continuation that verifies and folds, and is the same every time', () => {
  const verifier = new LogVerifier(target);
  const rows = copied();
  for (const row of rows) {
    const event = parseStoredEvent(row);
    expect(canonicalJson(event)).toBe(row);
    expect(verifier.add(event)).toBeUndefined();
  }
  expect(verifier.state).toMatchObject({ ...target, status: 'paused', sequence: log.length });
  expect(copied()).toEqual(rows);
});

/** What a copy has in common with its source. */
function what(event: ReturnType<typeof upcast>) {
  const { type, payload, at, generation, sequence, commit, done, trace } = event;
  return { type, payload, at, generation, sequence, commit, done, trace };
}

it('has the same payloads, instants, generations and commits; only its own name differs', () => {
  const [spawn, ...rest] = copied().map((row) => what(upcast(parseStoredEvent(row))));
  const [before, ...others] = log.map((event) => what(upcast(event)));
  expect(rest).toEqual(others);
  const lineage = { root: target.id, parents: [], depth: 0 };
  expect(spawn).toEqual({ ...before, payload: { ...(before?.payload as object), lineage } });
});

it("keeps the payloads' hashes from being compared", () => {
  const hashes = new Set(log.map(({ payloadHash }) => payloadHash));
  const own = copied().map((row) => parseStoredEvent(row));
  expect(own.filter(({ payloadHash }) => hashes.has(payloadHash))).toEqual([]);
});
