import { BlobReference } from '@maestro/core';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { moveContract } from './support/move-contract.ts';
import { jsonLines, linesOf, verifiedLog, waitForStatus } from './support/moving.ts';
import { maestroAt, startPlace, type LocalPlace } from './support/place.ts';
import { launchMaestro } from './support/run-maestro.ts';

const FIRST_BUILD_MS = 900_000;

let source: LocalPlace;
let target: LocalPlace;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'maestro-move-'));
  source = await startPlace();
  target = await startPlace();
}, FIRST_BUILD_MS);
afterAll(async () => {
  await Promise.all([source?.close(), target?.close()]);
  await rm(folder, { recursive: true, force: true });
});

/** Starts one at the source. */
async function started(recipe: string, parameters: Record<string, string | number> = {}) {
  const goal = { objective: 'move it', recipe, parameters };
  return (await source.client.start({ goal })).id;
}

const fileOf = (name: string): string => path.join(folder, `${name}.jsonl`);

moveContract('between two SQLite sets', async () => ({
  source,
  target,
  close: async () => undefined,
}));

it('an import of what is not sealed, or of another tenant, is refused unless it is a copy', async () => {
  const id = await started('noop@1', { sleepMs: 4_000 });
  const refused = await maestroAt(source, 'export', id, '--out', fileOf('open'));
  expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('--seal') });
  await jsonLines(source, 'export', id, '--unsealed', '--out', fileOf('open'));
  const notSealed = await maestroAt(target, 'import', fileOf('open'));
  expect(notSealed).toMatchObject({ code: 1, out: expect.stringContaining('sealed') });
  const globex = { ...target, token: await target.tokenOf('globex') };
  const foreign = await maestroAt(globex, 'import', fileOf('open'));
  expect(foreign.out).toContain('the tenant e2e, the token to globex');

  const [copied] = await jsonLines(globex, 'import', fileOf('open'), '--copy');
  expect(copied).toMatchObject({ id, outcome: 'imported' });
  const copy = String(copied?.['copy']);
  const [again] = await jsonLines(globex, 'import', fileOf('open'), '--copy');
  expect(again).toMatchObject({ copy, outcome: 'present' });
  const other = await jsonLines(globex, 'import', fileOf('open'), '--copy', '--copy-key', '2');
  expect(other[0]?.['copy']).not.toBe(copy);
  // Both go on, each for itself.
  const { MaestroClient } = await import('@maestro/client');
  const client = new MaestroClient({ baseUrl: target.baseUrl, token: globex.token });
  const there = { ...globex, client, tenant: 'globex' };
  await waitForStatus(there, copy, 'completed', 30_000);
  await waitForStatus(source, id, 'completed', 30_000);
  const log = await verifiedLog(there, copy);
  expect(log.map(({ type }) => type)).toEqual(
    (await verifiedLog(source, id)).map(({ type }) => type),
  );
}, 90_000);

it('a value that the blob store has lost ends the export with 1, unless it may be left behind', async () => {
  const id = await started('wait@1');
  await source.client.signal(id, 'go', { payload: { text: 'lost '.repeat(20_000) } });
  await waitForStatus(source, id, 'completed', 10_000);
  const { result } = await source.client.get(id);
  const { sha256 } = BlobReference.parse(result?.value).$blob;
  const blob = path.join(path.dirname(source.stateFile), 'blobs', source.tenant, sha256);
  const value = await readFile(blob);
  await rm(blob);
  const refused = await maestroAt(source, 'export', id, '--out', fileOf('lost'));
  expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('--allow-missing') });
  expect(refused.out).toContain(sha256);
  const without = await maestroAt(source, 'export', id, '--out', fileOf('less'), '--allow-missing');
  expect(without).toMatchObject({ code: 0, out: expect.stringContaining('left behind: 1') });
  const verified = await maestroAt(source, 'verify', '--file', fileOf('less'));
  expect(verified).toMatchObject({ code: 0, out: expect.stringContaining('left behind: 1') });
  await writeFile(blob, value);
  const [restored] = await jsonLines(source, 'export', id, '--out', fileOf('lost'));
  expect(restored).toMatchObject({ outcome: 'exported', missingBlobs: 0 });
}, 60_000);

it('a whole tenant goes by way of a pipe', async () => {
  const ids = [await started('wait@1'), await started('wait@1')];
  const exported = await maestroAt(
    source,
    'export',
    '--tenant',
    '--sqlite',
    source.stateFile,
    '--seal',
    '--json',
  );
  expect(exported.code, exported.error).toBe(0);
  const reports = linesOf(exported.error);
  expect(reports.length).toBeGreaterThan(ids.length);
  const piped = launchMaestro(
    ['import', '--json'],
    { MAESTRO_API: target.baseUrl, MAESTRO_TOKEN: target.token },
    exported.out,
  );
  const { code, out, error } = await piped.ended;
  const imported = linesOf(out);
  expect(imported).toHaveLength(reports.length);
  const refused = imported.filter(({ outcome }) => outcome === 'refused');
  expect({ code, refused, error }).toEqual({ code: 0, refused: [], error: '' });
  for (const id of ids) {
    expect(await target.client.get(id)).toMatchObject({ sealed: expect.anything() });
  }
}, 60_000);
