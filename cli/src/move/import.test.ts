import { canonicalJson, MaestroError, type StoredEvent } from '@maestro/core';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { IDS, LARGE, LARGE_SHA256, sealAll, waitingLog } from '../testing/closed-log.ts';
import { MemorySource } from '../testing/memory-source.ts';
import { MemoryTarget } from '../testing/memory-target.ts';
import { exportAll } from './export-all.ts';
import { importFile, type ImportFileOptions, type ImportReport } from './import-file.ts';
import { openSpooled } from './spooled-input.ts';

let target: MemoryTarget;
let folder: string;
let file: string;
beforeEach(async () => {
  target = new MemoryTarget('acme');
  folder = await mkdtemp(path.join(tmpdir(), 'maestro-import-'));
  file = path.join(folder, 'all.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

/** The lines of an export. */
async function linesOf(...logs: readonly (readonly StoredEvent[])[]): Promise<string[]> {
  const source = new MemorySource(...logs);
  source.blobs.set(LARGE_SHA256, LARGE);
  source.pageEvents = 500;
  const lines: string[] = [];
  const to = { write: async (line: string) => void lines.push(line) };
  const ids = logs.map(([first]) => first!.continuation);
  const options = { source, ids, to, seal: false, unsealed: true, allowMissing: false };
  for await (const { outcome } of exportAll(options)) {
    expect(outcome).toBe('exported');
  }
  return lines;
}

async function imported(
  lines: readonly string[],
  more: Partial<ImportFileOptions> = {},
): Promise<ImportReport[]> {
  await writeFile(file, lines.map((line) => `${line}\n`).join(''));
  const handle = await open(file, 'r');
  const reports: ImportReport[] = [];
  try {
    const options = { name: 'all.jsonl', tenant: 'acme', target, copy: false, unseal: false };
    for await (const report of importFile(handle, { ...options, ...more })) reports.push(report);
  } finally {
    await handle.close();
  }
  return reports;
}

const log = waitingLog({ tenant: 'acme', id: IDS[0] });
const long = waitingLog({ tenant: 'acme', id: IDS[1] }, { pauses: 80 });
const awakeLog = waitingLog({ tenant: 'acme', id: IDS[2] }, { sealed: false });
const rowsOf = (events: readonly StoredEvent[]): string[] =>
  events.map((event) => canonicalJson(event));

describe('an import', () => {
  it('brings the rows as they are and their values, and leaves the seal', async () => {
    expect(await imported(await linesOf(log))).toEqual([
      {
        file: 'all.jsonl',
        line: 1,
        id: IDS[0],
        outcome: 'imported',
        answer: { status: 'paused', sequence: 7, sealed: true },
      },
    ]);
    expect(target.rows.get(IDS[0])).toEqual(rowsOf(log));
    expect(target.blobs).toEqual(new Map([[LARGE_SHA256, LARGE]]));
    expect(target.calls).toEqual(['finish', 'blob', 'rows 1+7', 'finish']);
  });

  it('sends at most fifty rows at a time, and a request stays below the limit of a body', async () => {
    await imported(await linesOf(long));
    expect(target.calls).toEqual([
      'finish',
      'blob',
      'rows 1+50',
      'rows 51+50',
      'rows 101+50',
      'rows 151+15',
      'finish',
    ]);
    const note = '"\n'.repeat(60_000);
    const events = waitingLog({ tenant: 'acme', id: IDS[2] }, { pauses: 0, sealed: false });
    const large = await linesOf(withPayloads(events, note));
    const sizes: number[] = [];
    target.importRows = async (_id, body) => {
      sizes.push(Buffer.byteLength(JSON.stringify(body)));
      return { changed: true, sequence: 1 };
    };
    await imported(large, { copy: true });
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThan(1024 * 1024);
  });

  it('that was cut off goes on with the row that is missing, and then is done', async () => {
    const lines = await linesOf(long);
    target.afterRows = (_id, rows) => {
      if (rows >= 100) throw new MaestroError('sidecar.unavailable', 'gone');
    };
    await expect(imported(lines)).rejects.toMatchObject({ code: 'sidecar.unavailable' });
    expect(target.heads.size).toBe(0);
    target.afterRows = () => undefined;
    target.calls.length = 0;
    expect(await imported(lines)).toMatchObject([{ outcome: 'imported' }]);
    expect(target.calls).toEqual(['finish', 'blob', 'rows 101+50', 'rows 151+15', 'finish']);
    expect(target.rows.get(IDS[1])).toEqual(rowsOf(long));
    target.calls.length = 0;
    expect(await imported(lines)).toMatchObject([{ outcome: 'present' }]);
    expect(target.calls).toEqual(['finish']);
  });

  it('lets go on what was sealed, once', async () => {
    const lines = await linesOf(log);
    expect(await imported(lines, { unseal: true })).toMatchObject([
      { outcome: 'imported', answer: { status: 'sleeping', sealed: false } },
    ]);
    expect(target.calls.at(-1)).toBe('unseal');
    target.calls.length = 0;
    expect(await imported(lines, { unseal: true })).toMatchObject([{ outcome: 'present' }]);
    // Sealed here again, for another move: this import has nothing to do with it.
    target.heads.set(IDS[0], { changed: false, status: 'paused', sequence: 9, sealed: true });
    await imported(lines, { unseal: true });
    expect(target.calls).toEqual(['finish', 'finish']);
  });
});

/** The log with a long note in every signal, sealed anew. */
function withPayloads(events: readonly StoredEvent[], text: string): readonly StoredEvent[] {
  const owner = { tenant: 'acme', id: events[0]!.continuation };
  return sealAll(owner, [
    ...(events.map(({ type, payload }) => ({ type, payload })) as never[]),
    ...Array.from({ length: 6 }, (_, index) => ({
      type: 'human_signal' as const,
      payload: { signal: 'pause', requestId: `x${index}`, by: { subject: 'a' }, payload: text },
    })),
  ]);
}

describe('nothing is sent of', () => {
  it.each([
    ['a changed payload', 6, (line: string) => line.replace('"answer"', '"others"'), 'event 4'],
    ['a changed value', 4, (line: string) => line.replace('long', 'short'), 'another content'],
    ['a row written in another way', 3, (line: string) => ` ${line}`, 'canonical'],
    ['a row that is none', 5, () => '{"at":"x"}', 'not an event'],
    ['an end that says something else', 10, (line: string) => line.replace('7', '8'), 'rows end'],
    ['an end that says it goes on', 10, (line: string) => line.replace('true', 'false'), 'sealed'],
    ['a row that is not there', 6, () => undefined, 'expected event 4'],
    ['a value that is not there', 4, () => undefined, 'blob'],
  ])('a log with %s, and the next one comes', async (_name, number, change, what) => {
    const lines = [...(await linesOf(log)), ...(await linesOf(long))].flatMap((line, index) => {
      const changed = index === number - 1 ? change(line) : line;
      return changed === undefined ? [] : [changed];
    });
    const [broken, next] = await imported(lines);
    expect(broken).toMatchObject({ id: IDS[0], outcome: 'refused' });
    expect(broken?.error?.message).toMatch(new RegExp(`^all\\.jsonl line ${number}: `));
    expect(broken?.error?.message).toContain(what);
    expect(next).toMatchObject({ id: IDS[1], outcome: 'imported' });
    expect(target.rows.has(IDS[0])).toBe(false);
  });

  it('a log whose end is missing, at the end of the file or before', async () => {
    const lines = await linesOf(log);
    const [cut] = await imported(lines.slice(0, -1));
    expect(cut).toMatchObject({ outcome: 'refused', error: { code: 'log.corrupt' } });
    expect(cut?.error?.message).toContain('the file ends after event 7');
    const [first, second] = await imported([...lines.slice(0, -1), ...(await linesOf(long))]);
    expect(first).toMatchObject({ id: IDS[0], outcome: 'refused' });
    expect(second).toMatchObject({ id: IDS[1], outcome: 'imported' });
  });

  it('what goes on where it is, or belongs to another tenant', async () => {
    const [notClosed] = await imported(await linesOf(awakeLog));
    expect(notClosed).toMatchObject({ outcome: 'refused', error: { code: 'import.invalid' } });
    expect(notClosed?.error?.message).toContain('--copy');
    const [foreign] = await imported(await linesOf(log), { tenant: 'globex' });
    expect(foreign).toMatchObject({ outcome: 'refused', error: { code: 'import.tenant' } });
    expect(target.calls).toEqual([]);
  });

  it('what is no export, or of a newer version', async () => {
    const [bare] = await imported(rowsOf(log));
    expect(bare).toMatchObject({ id: undefined, outcome: 'refused' });
    expect(bare?.error?.message).toContain('line 1: ');
    const [header = '', ...rest] = await linesOf(log);
    const [newer] = await imported([header.replace('"version":1', '"version":2'), ...rest]);
    expect(newer).toMatchObject({ error: { code: 'event.unsupported_version' } });
    await expect(imported([])).rejects.toMatchObject({ code: 'import.empty' });
  });
});

describe('a copy', () => {
  it('goes on under another id, also of another tenant, once for each key', async () => {
    target = new MemoryTarget('globex');
    const options = { tenant: 'globex', copy: true };
    const lines = await linesOf(log, awakeLog);
    const [sealed, awake] = await imported(lines, options);
    expect(sealed).toMatchObject({ id: IDS[0], outcome: 'imported', answer: { sealed: true } });
    expect(awake).toMatchObject({ id: IDS[2], outcome: 'imported', answer: { sealed: false } });
    expect(target.calls.at(-1)).toBe('wake');
    const again = await imported(lines, options);
    expect(again.map(({ copy, outcome }) => [copy, outcome])).toEqual([
      [sealed?.copy, 'present'],
      [awake?.copy, 'present'],
    ]);
    const [other] = await imported(lines, { ...options, copyKey: 'another' });
    expect(other?.copy).not.toBe(sealed?.copy);
    expect(target.heads.size).toBe(4);
  });
});

it('what comes by a pipe is put aside and removed', async () => {
  const lines = await linesOf(log);
  const input = await openSpooled('-', Readable.from(lines.map((line) => `${line}\n`)));
  const text = await input.handle.readFile('utf8');
  expect(text).toBe(lines.map((line) => `${line}\n`).join(''));
  await input.close();
  await expect(openSpooled(path.join(folder, 'none'), Readable.from([]))).rejects.toThrow('none');
});
