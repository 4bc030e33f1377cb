import { BlobReference } from '@maestro/core';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCuttingProxy } from './cutting-proxy.ts';
import {
  jsonLines,
  linesOf,
  moveContinuation,
  signalRefusal,
  timerWakes,
  verifiedLog,
  waitForStatus,
} from './moving.ts';
import { maestroAt, type Place } from './place.ts';
import { launchMaestro } from './run-maestro.ts';

const FIRST_BUILD_MS = 900_000;

/** Two places that continuations move between, whatever runs behind their APIs. */
export interface TwoPlaces {
  readonly source: Place;
  readonly target: Place;
  close(): Promise<void>;
}

/** What a move from one place to another keeps, whatever either stores its rows in. */
export function moveContract(title: string, open: () => Promise<TwoPlaces>): void {
  describe(title, () => {
    let places: TwoPlaces;
    let source: Place;
    let target: Place;
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'maestro-move-'));
      places = await open();
      ({ source, target } = places);
    }, FIRST_BUILD_MS);
    afterAll(async () => {
      await places?.close();
      await rm(folder, { recursive: true, force: true });
    });

    /** Starts one at the source. */
    async function started(recipe: string, parameters: Record<string, string | number> = {}) {
      const goal = { objective: 'move it', recipe, parameters };
      return (await source.client.start({ goal })).id;
    }

    const fileOf = (name: string): string => path.join(folder, `${name}.jsonl`);

    describe('moved in mid-sleep', () => {
      it('wakes in time at the target, with the same chain, and never again at the source', async () => {
        const dueMs = Date.now() + 20_000;
        const id = await started('noop@1', { wakeAt: new Date(dueMs).toISOString() });
        await waitForStatus(source, id, 'sleeping', 10_000);

        const { sequence, hash } = await moveContinuation(source, target, id, fileOf('sleeper'));
        expect(Date.now(), 'it is moved before it is due').toBeLessThan(dueMs);
        expect(await target.client.get(id)).toMatchObject({ status: 'sleeping', id });
        expect(await signalRefusal(source, id, 'go')).toBe('continuation.sealed');
        expect(await signalRefusal(source, id, 'kill')).toBe('continuation.sealed');
        const left = await verifiedLog(source, id);
        expect(left.at(-1)).toMatchObject({ sequence, hash });

        await waitForStatus(target, id, 'completed', dueMs - Date.now() + 30_000);
        const moved = await verifiedLog(target, id);
        expect(moved.slice(0, sequence)).toEqual(left);
        const [wokeMs = 0, ...more] = timerWakes(moved);
        expect(more).toEqual([]);
        expect(wokeMs).toBeGreaterThanOrEqual(dueMs);
        expect(wokeMs - dueMs).toBeLessThan(10_000);
        // Long enough that a reminder left behind would have fired.
        await new Promise((resolve) => setTimeout(resolve, 3_000));
        expect(await verifiedLog(source, id)).toEqual(left);

        // Everything once more: nothing happens, and it is said so.
        const again = await jsonLines(source, 'export', id, '--seal', '--out', fileOf('sleeper'));
        expect(again).toMatchObject([{ outcome: 'present', hash, sealed: true }]);
        const repeated = await jsonLines(target, 'import', fileOf('sleeper'), '--unseal');
        expect(repeated).toMatchObject([{ outcome: 'present', answer: { status: 'completed' } }]);
        expect(await verifiedLog(target, id)).toEqual(moved);
      }, 120_000);

      it('takes along the values that its log refers to', async () => {
        const id = await started('wait@1');
        const payload = { text: 'long '.repeat(20_000) };
        await source.client.signal(id, 'go', { payload });
        await waitForStatus(source, id, 'completed', 10_000);
        const { result: artifact } = await source.client.get(id);
        const { sha256 } = BlobReference.parse(artifact?.value).$blob;
        const result = await source.client.blob(sha256);
        expect(result).toMatchObject({ signal: 'go' });
        await jsonLines(source, 'export', id, '--out', fileOf('blob'));
        await jsonLines(target, 'import', fileOf('blob'));
        expect(await target.client.blob(sha256)).toEqual(result);
        expect(await target.client.get(id)).toMatchObject({ status: 'completed' });
      }, 60_000);
    });

    describe('an import', () => {
      it('that is killed in the middle goes on where it was', async () => {
        const id = await started('countdown@1', { n: 120, everyMs: 0 });
        await waitForStatus(source, id, 'completed', 120_000);
        const [exported] = await jsonLines(source, 'export', id, '--out', fileOf('long'));
        expect(exported?.['sequence']).toBeGreaterThan(350);

        const { token } = target;
        // The third request is stored, but nobody hears of it.
        let importing: ReturnType<typeof launchMaestro> | undefined;
        const cutting = await startCuttingProxy(target.baseUrl, (count) => {
          if (count === 3) importing?.child.kill('SIGKILL');
          return count >= 3;
        });
        importing = launchMaestro(['import', fileOf('long')], {
          MAESTRO_API: cutting.url,
          MAESTRO_TOKEN: token,
        });
        expect(await importing.ended).toMatchObject({ code: null, out: '' });
        await cutting.close();
        await expect(target.client.get(id)).rejects.toMatchObject({
          code: 'continuation.not_found',
        });

        const watching = await startCuttingProxy(target.baseUrl, () => false);
        const repeated = await jsonLines(
          { baseUrl: watching.url, token },
          'import',
          fileOf('long'),
        );
        await watching.close();
        expect(repeated).toMatchObject([{ outcome: 'imported', answer: { status: 'completed' } }]);
        expect(watching.imports[0]).toMatchObject({ from: 151 });
        expect(await verifiedLog(target, id)).toEqual(await verifiedLog(source, id));
      }, 180_000);

      it('of a file that was tampered with is refused at the line, and the others come', async () => {
        const ids = [await started('wait@1'), await started('wait@1')];
        await jsonLines(source, 'export', ...ids, '--seal', '--out', fileOf('pair'));
        const lines = (await readFile(fileOf('pair'), 'utf8')).split('\n');
        const at = lines.findIndex((line) => line.includes('"type":"sleep"'));
        lines[at] = lines[at]!.replace('"signal":"go"', '"signal":"no"');
        await writeFile(fileOf('tampered'), lines.join('\n'));
        const { code, out } = await maestroAt(target, 'import', fileOf('tampered'), '--json');
        expect(code).toBe(1);
        const [first, second] = linesOf(out);
        const event = `line ${at + 1}: event`;
        const error = { code: 'log.corrupt', message: expect.stringContaining(event) as string };
        expect(first).toMatchObject({ id: ids[0], outcome: 'refused', error });
        expect(second).toMatchObject({ id: ids[1], outcome: 'imported', answer: { sealed: true } });
        await expect(target.client.get(ids[0]!)).rejects.toMatchObject({
          code: 'continuation.not_found',
        });
        const verified = await maestroAt(target, 'verify', '--file', fileOf('tampered'));
        expect(verified).toMatchObject({ code: 1, out: expect.stringContaining(`line ${at + 1}`) });
      }, 60_000);
    });
  });
}
