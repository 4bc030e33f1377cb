import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { jsonLines, verifiedLog, waitForStatus } from './support/moving.ts';
import { maestroAt, startPlace, type LocalPlace } from './support/place.ts';

let place: LocalPlace;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'maestro-wakes-'));
  place = await startPlace();
}, 900_000);
afterAll(async () => {
  await place?.close();
  await rm(folder, { recursive: true, force: true });
});

async function started(recipe: string, parameters: Record<string, string | number> = {}) {
  const goal = { objective: 'wake me', recipe, parameters };
  return (await place.client.start({ goal })).id;
}

it('a file of items wakes who waits for one of them, once however often it is published', async () => {
  const id = await started('watch@1', {
    stream: 'arxiv.q-bio',
    predicate: 'item.attributes.species == "cow" && item.title.contains("milk")',
    n: 2,
  });
  await waitForStatus(place, id, 'sleeping', 10_000);
  const file = path.join(folder, 'items.jsonl');
  const items = Array.from({ length: 250 }, (_, index) => ({
    id: `item-${index}`,
    title: index === 200 ? 'milk protein' : 'something else',
    attributes: { species: 'cow' },
  }));
  await writeFile(file, items.map((item) => JSON.stringify(item)).join('\n'));
  const publish = () => jsonLines(place, 'stream', 'publish', 'arxiv.q-bio', file);
  expect(await publish()).toEqual([{ stream: 'arxiv.q-bio', taken: 250, known: 0 }]);
  expect(await publish()).toEqual([{ stream: 'arxiv.q-bio', taken: 0, known: 250 }]);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(await place.client.get(id)).toMatchObject({ status: 'sleeping', tick: 2 });
  const explained = await maestroAt(place, 'explain', id);
  expect(explained.out).toContain('came near');
  await place.client.publish('arxiv.q-bio', [
    { id: 'last', title: 'more milk', attributes: { species: 'cow' } },
  ]);
  await waitForStatus(place, id, 'completed', 10_000);
  expect((await place.client.get(id)).result?.value).toEqual({ ids: ['item-200', 'last'] });
  await verifiedLog(place, id);
}, 60_000);

it('a bad line of a file is refused by its number', async () => {
  const file = path.join(folder, 'bad.jsonl');
  await writeFile(file, '{"id":"fine"}\nnot json\n');
  const { code, error } = await maestroAt(place, 'stream', 'publish', 'bad', file);
  expect({ code, error }).toMatchObject({ code: 1, error: expect.stringContaining('line 2') });
});

it('thirty days of a daily recipe are skipped in seconds: thirty ticks, and a log that verifies', async () => {
  const id = await started('countdown@1', { n: 31, everyMs: 24 * 3600 * 1000 });
  const [skipped] = await jsonLines(place, 'skip', '30d', id);
  expect(skipped).toMatchObject({ status: 'completed', tick: 31 });
  // It had been asleep for a moment already.
  expect(Number(skipped?.['skippedMs'])).toBeGreaterThan(30 * 24 * 3600 * 1000 - 10_000);
  await waitForStatus(place, id, 'completed', 10_000);
  const log = await verifiedLog(place, id);
  expect(log.filter(({ type }) => type === 'wake')).toHaveLength(31);
}, 30_000);

it('time is skipped for all that are unfinished in a store', async () => {
  const ids = [await started('noop@1', { sleepMs: 86_400_000 }), await started('wait@1')];
  const skipped = await jsonLines(place, 'skip', '1d', '--sqlite', place.stateFile);
  const of = (id: string | undefined) => skipped.find((line) => line['id'] === id);
  expect(of(ids[0])).toMatchObject({ status: 'completed' });
  expect(of(ids[1])).toMatchObject({ status: 'sleeping', skippedMs: 86_400_000 });
  const { code, error } = await maestroAt(place, 'skip', 'soon', 'x');
  expect({ code, error }).toMatchObject({ code: 2, error: expect.stringContaining('a duration') });
}, 60_000);

it('forks are merged, and what is left of their budgets with them', async () => {
  const id = await started('wait@1');
  await waitForStatus(place, id, 'sleeping', 10_000);
  const [forked] = await jsonLines(place, 'fork', id, '--count', '2', '--budget', '1');
  const children = forked?.['children'] as string[];
  const [merged] = await jsonLines(place, 'merge', ...children, '--function', 'collect');
  for (const [index, child] of children.entries()) {
    await waitForStatus(place, child, 'sleeping', 10_000);
    await place.client.signal(child, 'go', { payload: { index } });
  }
  const merge = String(merged?.['id']);
  await waitForStatus(place, merge, 'completed', 10_000);
  expect(await place.client.get(merge)).toMatchObject({
    result: { value: [{ parent: children[0] }, { parent: children[1] }] },
    budget: { capUsd: 2 },
    lineage: { root: id, depth: 2 },
  });
  const tree = await maestroAt(place, 'tree', merge);
  for (const node of [id, ...children, merge]) expect(tree.out).toContain(node);
}, 60_000);
