import { execFile } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { ListedContinuation } from '@maestro/client';
import { missingForSet, type ComponentSetName } from '@maestro/infra-dapr';
import { afterEach, describe, expect, it } from 'vitest';
import {
  openSubstrate,
  type SubstrateOptions,
  type SubstrateStack,
} from './support/substrate-stack.ts';
import { warehouseApp } from '../src/warehouse-app.ts';

const SETS = (process.env['MAESTRO_SETS'] ?? 'local,postgres,azure,aws').split(
  ',',
) as ComponentSetName[];
const full = process.env['MAESTRO_TEST_SCALE'] === 'full';
const CONTINUATIONS = full ? 100 : 25;

const MAESTRO = path.resolve(import.meta.dirname, '../../cli/bin/maestro.js');

/** An event is in the tables within this time, in ms. */
const PROMISED_MS = 60_000;

interface Replay {
  readonly ref: { readonly id: string };
  readonly outcome: string;
}

async function tick(stack: SubstrateStack): Promise<readonly string[]> {
  const goal = {
    objective: 'be counted',
    recipe: 'countdown@1',
    parameters: { n: 5, everyMs: 400 },
  };
  const started = await Promise.all(
    Array.from({ length: CONTINUATIONS }, () => stack.client.start({ goal })),
  );
  return started.map(({ id }) => id);
}

/** Replays everything from the tables until all is there. @returns what became of each, and how long that took. */
async function replayed(
  stack: SubstrateStack,
  ids: readonly string[],
): Promise<{ readonly results: readonly string[]; readonly tookMs: number }> {
  const began = performance.now();
  const url = `http://127.0.0.1:${stack.stack.app('maestro-warehouse').appPort}/replays?tenant=${stack.tenant}`;
  for (;;) {
    const text = await fetch(url).then(
      (response) => response.text(),
      () => '',
    );
    const all = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Replay);
    const results = ids.map((id) => all.find(({ ref }) => ref.id === id)?.outcome ?? 'missing');
    const tookMs = performance.now() - began;
    if (results.every((result) => result === 'same') || tookMs > PROMISED_MS) {
      return { results, tookMs };
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** The tenant's continuations in pages of seven, once facts have caught up with what has ended. */
async function allListed({ client }: SubstrateStack): Promise<readonly ListedContinuation[]> {
  const since = new Date().toISOString();
  await expect
    .poll(async () => (await client.list()).asOf ?? '', { timeout: 30_000 })
    .toSatisfy((asOf: string) => asOf > since);
  const all: ListedContinuation[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.list({ limit: 7, cursor });
    all.push(...page.continuations);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return all;
}

/** A continuation that sleeps is found by its tag, and by when the clock wakes it. */
async function listsWhatIsDue({ client }: SubstrateStack): Promise<void> {
  const parameters = { sleepMs: 3_600_000 };
  const { id } = await client.start({
    goal: { objective: 'sleep', recipe: 'noop@1', parameters, tags: ['later'] },
  });
  const due = async (inMs: number): Promise<readonly string[]> => {
    const dueBy = new Date(Date.now() + inMs).toISOString();
    return (await client.list({ tag: 'later', dueBy })).continuations.map((one) => one.id);
  };
  await expect.poll(() => due(2 * parameters.sleepMs), { timeout: 60_000 }).toEqual([id]);
  expect(await due(parameters.sleepMs / 2)).toEqual([]);
}

/** What `maestro` says of the warehouse; rejects when it ends with anything but 0. */
async function said({ stack }: SubstrateStack, ...command: readonly string[]): Promise<string> {
  const warehouse = `http://127.0.0.1:${stack.app('maestro-warehouse').appPort}`;
  const words = [...command, '--warehouse', warehouse];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [MAESTRO, ...words]);
  return stdout + stderr;
}

/** Begins a rebuild, and returns while it reads; one that has ended before it was seen reading is followed by another. */
async function rebuildUntilReading({ stack }: SubstrateStack): Promise<void> {
  const url = `http://127.0.0.1:${stack.app('maestro-warehouse').appPort}/rebuilds`;
  const headers = { 'content-type': 'application/json' };
  for (let round = 0; round < 20; round++) {
    const { body } = await fetch(url, { method: 'POST', headers, body: '{}' });
    if (!body) throw new Error('a rebuild says nothing');
    const input = Readable.fromWeb(body);
    for await (const line of createInterface({ input })) {
      const { phase } = JSON.parse(line) as { readonly phase: string };
      if (phase !== 'reading') continue;
      input.destroy();
      return;
    }
  }
  throw new Error('no rebuild was seen reading');
}

for (const set of SETS) {
  const reason = await missingForSet(set);
  const skipped = reason !== undefined && !process.env['CI'];
  describe.skipIf(skipped)(`warehouse on ${set}${skipped ? ` (skipped: ${reason})` : ''}`, () => {
    let open: SubstrateStack | undefined;
    afterEach(async () => {
      await open?.close();
      open = undefined;
    });

    async function start(options: SubstrateOptions = {}): Promise<SubstrateStack> {
      if (reason !== undefined) throw new Error(reason);
      open = await openSubstrate(set, {
        ...options,
        moreApps: (backends, dataDir) => [warehouseApp(set, backends, dataDir)],
      });
      return open;
    }

    it('has every event within a minute, although no message brings any', async () => {
      const stack = await start({ publishes: false });
      const ids = await tick(stack);
      for (const id of ids) await stack.finished(id, 60_000);
      const { results, tookMs } = await replayed(stack, ids);
      expect(new Set(results)).toEqual(new Set(['same']));
      const replay = (what = ''): Promise<string> =>
        said(stack, 'replay', what, '--tenant', stack.tenant);
      expect(await replay(ids[0])).toContain(`same  ${ids[0]}`);
      expect(await replay('--all')).toContain(`${ids.length} same`);
      const rebuilt = JSON.parse(await said(stack, '--json', 'rebuild-index')) as object;
      expect(rebuilt).toMatchObject({ phase: 'complete', resumed: false, failed: 0 });
      expect(await replay('--all')).toContain(`${ids.length} same`);
      // What operators do on the app port is not for applications behind another sidecar.
      const { httpPort } = stack.stack.app('maestro-api').sidecar;
      const invoked = `http://127.0.0.1:${httpPort}/v1.0/invoke/maestro-warehouse/method`;
      for (const [method, route] of [
        ['GET', 'replays'],
        ['POST', 'rebuilds'],
      ] as const) {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(`${invoked}/${route}`, { method, headers });
        expect([route, answer.status]).toEqual([route, 403]);
        expect(await answer.json()).toMatchObject({ code: 'auth.forbidden' });
      }
      const listed = await allListed(stack);
      expect(listed.map(({ id }) => id).sort()).toEqual([...ids].sort());
      expect(new Set(listed.map(({ status }) => status))).toEqual(new Set(['completed']));
      expect((await stack.client.list({ status: 'sleeping' })).continuations).toEqual([]);
      const page = await fetch(`${stack.baseUrl}/status`).then((answer) => answer.text());
      expect(page).not.toContain('class="notice"');
      expect(/>Completed<\/dt>\s*<dd>(\d+)</.exec(page)?.[1]).toBe(String(ids.length));
      await listsWhatIsDue(stack);
      console.log(`${set}: the reconciler had all after ${Math.round(tookMs)} ms`);
    });

    it.skipIf(set === 'local')(
      'has every event once after its process and its sidecar were killed',
      async () => {
        const stack = await start();
        const ids = await tick(stack);
        const warehouse = stack.stack.app('maestro-warehouse');
        for (const kill of ['process', 'process', 'sidecar']) {
          await new Promise((resolve) => setTimeout(resolve, 500));
          if (kill === 'process') {
            await warehouse.kill9();
            await warehouse.restart();
          } else {
            await warehouse.sidecar.process.kill9();
            await warehouse.sidecar.restart();
          }
        }
        for (const id of ids) await stack.finished(id, 60_000);
        const { results, tookMs } = await replayed(stack, ids);
        expect(new Set(results)).toEqual(new Set(['same']));
        console.log(`${set}: all there ${Math.round(tookMs)} ms after the end`);
        // A rebuild that dies with its process is gone on with by the next.
        let rebuilt: { readonly resumed?: boolean } = {};
        for (let round = 0; round < 5 && !rebuilt.resumed; round++) {
          await rebuildUntilReading(stack);
          await warehouse.kill9();
          await warehouse.restart();
          // One that has ended before it was killed is no such rebuild.
          rebuilt = JSON.parse(await said(stack, '--json', 'rebuild-index')) as typeof rebuilt;
        }
        expect(rebuilt).toMatchObject({ phase: 'complete', resumed: true, failed: 0 });
        expect(await said(stack, 'replay', '--all', '--tenant', stack.tenant)).toContain(
          `${ids.length} same`,
        );
      },
    );
  });
}
