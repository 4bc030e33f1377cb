import { canonicalJson, MaestroError } from '@maestro/core';
import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { IDS, LARGE, LARGE_SHA256, waitingLog } from '../testing/closed-log.ts';
import { MemorySource } from '../testing/memory-source.ts';
import { verifyExport, type ExportVerdict } from '../verify/verify-export.ts';
import { exportAll, type ExportAllOptions, type ExportReport } from './export-all.ts';
import { ExportFile } from './export-file.ts';

const logs = IDS.map((id) => waitingLog({ tenant: 'acme', id }));
let source: MemorySource;
let folder: string;
let file: string;
beforeEach(async () => {
  source = new MemorySource(...logs);
  source.blobs.set(LARGE_SHA256, LARGE);
  folder = await mkdtemp(path.join(tmpdir(), 'maestro-export-'));
  file = path.join(folder, 'all.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

async function exported(
  ids: readonly string[] = IDS,
  more: Partial<Pick<ExportAllOptions, 'seal' | 'unsealed' | 'allowMissing'>> = {},
): Promise<ExportReport[]> {
  const to = await ExportFile.open(file);
  const reports: ExportReport[] = [];
  let finished = false;
  try {
    for await (const report of exportAll({
      source,
      ids,
      to,
      seal: false,
      unsealed: false,
      allowMissing: false,
      ...more,
    })) {
      reports.push(report);
    }
    if (!to.isWhole && reports.every(({ outcome }) => outcome !== 'refused')) {
      finished = true;
      await to.finish();
    }
  } finally {
    if (!finished) await to.leave();
  }
  return reports;
}

async function verdicts(name = file): Promise<ExportVerdict[]> {
  const found: ExportVerdict[] = [];
  for await (const verdict of verifyExport(name)) found.push(verdict);
  return found;
}

it('holds each log as it is stored, between a header and an end, with its values before the rows', async () => {
  expect(await exported([IDS[0]])).toMatchObject([
    { outcome: 'exported', sequence: 7, status: 'paused', sealed: true, missingBlobs: 0 },
  ]);
  const [log = []] = logs;
  const rows = log.map((event) => canonicalJson(event));
  const { hash } = log.at(-1)!;
  expect((await readFile(file, 'utf8')).split('\n')).toEqual([
    `{"maestro":"export","version":1,"tenant":"acme","id":"${IDS[0]}"}`,
    ...rows.slice(0, 2),
    `{"maestro":"blob","sha256":"${LARGE_SHA256}","value":${canonicalJson(LARGE)}}`,
    ...rows.slice(2),
    `{"maestro":"end","id":"${IDS[0]}","sequence":7,"hash":"${hash}","status":"paused","sealed":true}`,
    '',
  ]);
  expect(await verdicts()).toMatchObject([{ ok: true, line: 1, events: 7, hash, sealed: true }]);
});

describe('a log with a value that the source has lost', () => {
  it.each(['blob.not_found', 'blob.corrupt'] as const)(
    'is refused with what helps (%s), the others come, and so does it once the value is back',
    async (code) => {
      const read = source.blob.bind(source);
      let reads = 0;
      source.blob = async (sha256) => {
        if (++reads === 2) throw new MaestroError(code, 'it is lost');
        return await read(sha256);
      };
      const reports = await exported();
      expect(reports.map(({ outcome }) => outcome)).toEqual(['exported', 'refused', 'exported']);
      expect(reports[1]).toMatchObject({ error: { code: 'export.missing_values' } });
      expect(JSON.stringify(reports[1])).toContain(LARGE_SHA256);
      expect(JSON.stringify(reports[1])).toContain('--allow-missing');
      await expect(stat(file)).rejects.toThrow('ENOENT');
      expect(await verdicts(`${file}.partial`)).toMatchObject([{ id: IDS[0] }, { id: IDS[2] }]);
      const again = await exported();
      expect(again.map(({ outcome }) => outcome)).toEqual(['present', 'exported', 'present']);
      const ends = (await verdicts()).map(({ ok, id, missingBlobs }) => [ok, id, missingBlobs]);
      expect(ends).toEqual([IDS[0], IDS[2], IDS[1]].map((id) => [true, id, 0]));
    },
  );

  it('comes without it where that is allowed, whenever the file is taken up', async () => {
    source.blobs.clear();
    const allowed = { allowMissing: true };
    const lost = [{ outcome: 'exported', missingBlobs: 1 }];
    expect(await exported([IDS[0]], allowed)).toMatchObject(lost);
    expect(await verdicts()).toMatchObject([{ ok: true, missingBlobs: 1 }]);
    expect(await exported([IDS[0]])).toMatchObject([
      { outcome: 'refused', error: { code: 'export.missing_values' } },
    ]);
    expect(await exported([IDS[0]], allowed)).toMatchObject([
      { outcome: 'present', missingBlobs: 1 },
    ]);
  });

  it('is begun anew where it was cut off, unless it may come without it', async () => {
    source.blobs.clear();
    await cutAt(IDS[0], 4);
    expect(await readFile(`${file}.partial`, 'utf8')).toContain('"missing":true');
    source.blobs.set(LARGE_SHA256, LARGE);
    expect(await exported([IDS[0]])).toMatchObject([{ outcome: 'exported', missingBlobs: 0 }]);
    expect(source.asked[0]).toBe(1);
    expect(await verdicts()).toMatchObject([{ ok: true, missingBlobs: 0 }]);
    await rm(file);
    source.blobs.clear();
    await cutAt(IDS[0], 4);
    expect(await exported([IDS[0]], { allowMissing: true })).toMatchObject([{ missingBlobs: 1 }]);
    expect(source.asked[0]).toBe(4);
  });
});

describe('what is neither sealed nor finished', () => {
  const open = waitingLog({ tenant: 'acme', id: IDS[1] }, { sealed: false });
  beforeEach(() => source.logs.set(IDS[1], open));

  it('is refused with what helps, and the others come into the partial file', async () => {
    const reports = await exported();
    expect(reports.map(({ outcome }) => outcome)).toEqual(['exported', 'refused', 'exported']);
    expect(reports[1]).toMatchObject({ error: { code: 'export.unsealed' } });
    expect(JSON.stringify(reports[1])).toContain('--seal');
    await expect(stat(file)).rejects.toThrow('ENOENT');
    expect(await verdicts(`${file}.partial`)).toMatchObject([{ id: IDS[0] }, { id: IDS[2] }]);
    const again = await exported(IDS, { seal: true });
    expect(again.map(({ outcome }) => outcome)).toEqual(['present', 'exported', 'present']);
    expect((await verdicts()).map(({ ok, id }) => ok && id)).toEqual([IDS[0], IDS[2], IDS[1]]);
  });

  it('is sealed first, or taken as it is', async () => {
    expect(await exported([IDS[1]], { unsealed: true })).toMatchObject([{ sealed: false }]);
    expect(source.logs.get(IDS[1])).toBe(open);
    await rm(file);
    expect(await exported([IDS[1]], { seal: true })).toMatchObject([{ sealed: true, sequence: 7 }]);
  });
});

/** Leaves a file that ends within a continuation. */
async function cutAt(id: string, sequence: number): Promise<void> {
  source.beforePage = (asked, from) => {
    if (asked === id && from >= sequence) throw new MaestroError('sidecar.unavailable', 'gone');
  };
  await expect(exported()).rejects.toMatchObject({ code: 'sidecar.unavailable' });
  source.beforePage = () => undefined;
  source.asked.length = 0;
}

describe('a file that is there in part', () => {
  it('is gone on with where it ends', async () => {
    await cutAt(IDS[1], 4);
    const partial = await readFile(`${file}.partial`, 'utf8');
    const reports = await exported();
    expect(reports.map(({ outcome, id }) => `${outcome} ${id}`)).toEqual([
      `exported ${IDS[1]}`,
      `present ${IDS[0]}`,
      `exported ${IDS[2]}`,
    ]);
    expect(source.asked[0]).toBe(4);
    expect((await readFile(file, 'utf8')).startsWith(partial)).toBe(true);
    expect((await verdicts()).every(({ ok }) => ok)).toBe(true);
  });

  it('is the same in the end wherever it is torn', async () => {
    await exported();
    const whole = await readFile(file);
    await rm(file);
    for (let bytes = 0; bytes <= whole.length; bytes += 211) {
      await writeFile(`${file}.partial`, whole);
      await truncate(`${file}.partial`, bytes);
      await exported();
      expect((await readFile(file)).equals(whole), `torn after ${bytes} bytes`).toBe(true);
      await rm(file);
    }
  });

  it('is left alone when it is not ours, was changed, or its continuation has gone on', async () => {
    const partial = `${file}.partial`;
    for (const text of ['my notes', 'my notes\n', '{"a":1}\n']) {
      await writeFile(partial, text);
      await expect(exported()).rejects.toMatchObject({ code: 'export.file' });
      expect(await readFile(partial, 'utf8')).toBe(text);
    }
    await rm(partial);
    await cutAt(IDS[1], 4);
    const whole = await readFile(partial, 'utf8');
    await writeFile(partial, whole.replace('"signal":"pause"', '"signal":"paul!"'));
    await expect(exported()).rejects.toThrow('line 7');
    await writeFile(partial, whole);
    await source.signal(IDS[0], 'unseal');
    const reports = await exported();
    expect(reports[1]).toMatchObject({ id: IDS[0], outcome: 'refused' });
  });
});

it('never changes a whole file', async () => {
  await exported([IDS[0]]);
  const before = await readFile(file);
  expect(await exported(IDS)).toMatchObject([
    { outcome: 'present' },
    { outcome: 'refused', error: { code: 'export.file' } },
    { outcome: 'refused' },
  ]);
  expect((await readFile(file)).equals(before)).toBe(true);
  await writeFile(file, 'my notes\n');
  await expect(exported()).rejects.toMatchObject({ code: 'export.file' });
});

it('refuses a log that does not verify, or not to its head, and goes on with the next', async () => {
  const [log = []] = logs;
  const changed = log.map((event) => (event.sequence === 5 ? { ...event, payload: {} } : event));
  source.get = async () => ({ status: 'paused', sealed: {} }) as never;
  const page = source.events.bind(source);
  source.events = async (id, options) => {
    const answer = await page(id, options);
    if (id === IDS[0])
      return { ...answer, events: answer.events.map((event) => changed[event.sequence - 1]!) };
    return id === IDS[1] ? { ...answer, headRow: '{}' } : answer;
  };
  expect(await exported()).toMatchObject([
    { outcome: 'refused', error: { code: 'log.corrupt' } },
    { outcome: 'refused', error: { code: 'log.corrupt' } },
    { outcome: 'exported' },
  ]);
  expect(await verdicts(`${file}.partial`)).toMatchObject([{ ok: true, id: IDS[2] }]);
});

it('a check of a file names the line of each fault, and goes on after it', async () => {
  await exported();
  const lines = (await readFile(file, 'utf8')).split('\n');
  const broken = [
    ...lines.slice(0, 5),
    lines[5]!.replace('"answer"', '"others"'),
    ...lines.slice(6, 10),
    ...lines.slice(10, 19),
    'stray',
    ...lines.slice(20, 26),
  ];
  await writeFile(file, broken.join('\n'));
  await appendFile(file, '\n{"at":');
  expect(await verdicts()).toMatchObject([
    { ok: false, id: IDS[0], fault: { line: 6, message: expect.stringContaining('event 4') } },
    { ok: false, id: IDS[1], fault: { line: 20 } },
    { ok: false, id: IDS[2], fault: { cut: true } },
  ]);
});
