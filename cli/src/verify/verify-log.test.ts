import { canonicalJson, type StoredEvent } from '@maestro/core';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { SAMPLE, sampleLog } from '../testing/sample-log.ts';
import { readLogFile } from './read-log-file.ts';
import { verifyLog, type LogVerdict } from './verify-log.ts';

const { events, state } = sampleLog();
const row = canonicalJson(state);

async function* stream(list: readonly StoredEvent[]): AsyncGenerator<StoredEvent, void> {
  yield* list;
}

function verify(list: readonly StoredEvent[], head = { sequence: 6, row }): Promise<LogVerdict> {
  return verifyLog(stream(list), () => head);
}

it('accepts what was written, and its head byte for byte', async () => {
  expect(await verify(events)).toEqual({
    ok: true,
    ...SAMPLE,
    events: 6,
    erased: 0,
    hash: events.at(-1)?.hash,
    head: 'same',
  });
});

it.each([
  [
    'a payload that was changed',
    3,
    (list: StoredEvent[]) =>
      list.map((event) =>
        event.sequence === 3 ? { ...event, payload: { phase: 'other' } } : event,
      ),
    'payload',
  ],
  [
    'an envelope that was changed',
    4,
    (list: StoredEvent[]) =>
      list.map((event) =>
        event.sequence === 4 ? { ...event, at: '2026-01-01T09:00:00.000Z' } : event,
      ),
    'link',
  ],
  [
    'an event that was taken out',
    2,
    (list: StoredEvent[]) => list.filter(({ sequence }) => sequence !== 2),
    'gap',
  ],
  [
    'an event of another continuation',
    5,
    (list: StoredEvent[]) =>
      list.map((event) => (event.sequence === 5 ? { ...event, tenant: 'globex' } : event)),
    'foreign',
  ],
  ['a tail that was cut off', 6, (list: StoredEvent[]) => list.slice(0, 5), 'gap'],
] as const)('finds %s at its sequence', async (_name, sequence, change, reason) => {
  const verdict = await verify(change([...events]));
  expect(verdict).toMatchObject({ ok: false, fault: { sequence, reason } });
});

it('finds a head that the log does not fold to', async () => {
  const changed = canonicalJson({ ...state, tick: 2 });
  expect(await verify(events, { sequence: 6, row: changed })).toMatchObject({
    ok: false,
    head: 'different',
    fault: { sequence: 6, reason: 'head' },
  });
});

it('accepts an erased payload by its hash, and then knows no head', async () => {
  const erased = events.map((event) =>
    event.sequence === 3 ? { ...event, payload: null, salt: null } : event,
  );
  expect(await verify(erased)).toMatchObject({ ok: true, erased: 1, head: 'unknown' });
});

it('calls an empty log broken', async () => {
  expect(await verifyLog(stream([]), () => undefined)).toMatchObject({
    ok: false,
    fault: { sequence: 1, reason: 'gap' },
  });
});

let folder: string | undefined;
afterEach(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true });
  folder = undefined;
});

it('reads a log from a file, and names a line that is no event', async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'maestro-log-'));
  const file = path.join(folder, 'log.jsonl');
  await writeFile(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  expect(await verifyLog(readLogFile(file), () => undefined)).toMatchObject({
    ok: true,
    events: 6,
    head: 'unknown',
  });
  await writeFile(file, `${JSON.stringify(events[0])}\n{"sequence":2}\n`);
  await expect(verifyLog(readLogFile(file), () => undefined)).rejects.toMatchObject({
    code: 'log.corrupt',
    message: expect.stringContaining('line 2'),
  });
});
