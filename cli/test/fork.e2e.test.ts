import type { LineageNode } from '@maestro/client';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { maestroAt, startPlace, type LocalPlace } from './support/place.ts';

let place: LocalPlace | undefined;
beforeAll(async () => {
  place = await startPlace();
}, 300_000);
afterAll(() => place?.close());

function here(): LocalPlace {
  if (!place) throw new Error('it has not started');
  return place;
}

async function maestro(...words: readonly string[]): Promise<string> {
  const { code, out, error } = await maestroAt(here(), ...words);
  expect(code, error).toBe(0);
  return out;
}

/** JSON values, one for each line. */
function values<T>(out: string): T[] {
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

it('forks one that has completed from before its end, and the child goes its own way', async () => {
  const started = await maestro('start', 'wait@1', '--objective', 'ask', '--json');
  const id = values<{ id: string }>(started)[0]?.id ?? '';
  await maestro('signal', id, 'go', '--payload', '{"answer":1}');

  const options = ['--from', '1', '--param', 'signal=stop', '--budget', '0.25', '--key', 'k'];
  const fork = ['fork', id, ...options, '--objective', 'ask again', '--json'];
  const [made] = values<{ changed: boolean; children: string[] }>(await maestro(...fork));
  expect(made).toMatchObject({ changed: true, children: [expect.any(String)] });
  expect(values(await maestro(...fork))).toMatchObject([{ changed: false }]);
  const [child = ''] = made?.children ?? [];

  // The child begins a moment later.
  await expect
    .poll(() => maestro('tree', child), { timeout: 10_000 })
    .toMatch(new RegExp(`^✓ ${id} .* ask\n└─ ○ ${child} .* of \\$0.25  ask again  ← this one\n$`));
  const nodes = values<LineageNode>(await maestro('tree', id, '--json'));
  expect(nodes.map((node) => [node.id, node.status])).toEqual([
    [id, 'completed'],
    [child, 'sleeping'],
  ]);
  expect(await maestro('lineage', child, 'ancestors')).toContain(id);
  expect(await maestro('lineage', child, 'siblings')).toBe(`${child} has no siblings\n`);

  // Forked before it asked, it asks for what its own parameters say, and ends by itself.
  const refused = await maestroAt(here(), 'signal', child, 'go');
  expect(refused).toMatchObject({ code: 1, error: expect.stringContaining('signal.unknown') });
  await maestro('signal', child, 'stop', '--payload', '{"answer":2}');
  expect(await here().client.get(child)).toMatchObject({
    status: 'completed',
    result: { value: { signal: 'stop', payload: { answer: 2 } } },
  });
  for (const one of [id, child]) expect(await maestro('verify', one)).toContain('byte for byte');
});

it('goes by what the tenant is allowed', async () => {
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'maestro-tenant-')), 'tenant.json');
  const set = async (document: object): Promise<string> => {
    await writeFile(file, JSON.stringify(document));
    return maestro('tenant', 'set', '--file', file);
  };
  expect(await set({ limits: { maxChildren: 1 } })).toMatch(/children of one +1\n/);
  const started = await maestro('start', 'wait@1', '--objective', 'ask', '--json');
  const id = values<{ id: string }>(started)[0]?.id ?? '';
  await maestro('fork', id);
  const refused = await maestroAt(here(), 'fork', id);
  expect(refused).toMatchObject({ code: 1, error: expect.stringContaining('fork.too_wide') });

  await writeFile(file, '{"limits": {"maxChildren": -1}}');
  const wrong = await maestroAt(here(), 'tenant', 'set', '--file', file);
  expect(wrong).toMatchObject({ code: 1, error: expect.stringContaining('maxChildren') });
  await writeFile(file, '[]');
  expect(await maestroAt(here(), 'tenant', 'set', '--file', file)).toMatchObject({ code: 2 });
  expect(await maestro('tenant', 'show')).toMatch(/children of one +1\n/);
  await set({});
  await rm(path.dirname(file), { recursive: true });
});

it('is frozen with a reason, thawed, and the audit log says who did it and is in order', async () => {
  const id = values<{ id: string }>(
    await maestro('start', 'wait@1', '--objective', 'ask', '--json'),
  )[0]?.id;
  const frozen = await maestro('tenant', 'freeze', '--reason', 'an inquiry');
  expect(frozen).toMatch(/^frozen since .*: an inquiry\n$/);
  const refused = await maestroAt(here(), 'signal', id ?? '', 'go');
  expect(refused).toMatchObject({ code: 1, error: expect.stringContaining('tenant.frozen') });
  expect(await maestro('get', id ?? '')).toContain('sleeping');
  expect(await maestro('tenant', 'show')).toContain('an inquiry');
  expect(await maestro('tenant', 'thaw')).toBe('not frozen\n');
  await maestro('signal', id ?? '', 'go');

  const shown = await maestro('audit');
  expect(shown).toMatch(/asked .*  freeze .*"reason":"an inquiry"/);
  expect(shown).toMatch(/verified  \d+ records\n$/);
  expect(await maestro('audit', '--continuation', id ?? '')).toMatch(
    /startContinuation.*\n.*signalContinuation.*"signal":"go"/,
  );
  const folder = await mkdtemp(path.join(tmpdir(), 'maestro-audit-'));
  const file = path.join(folder, 'audit.jsonl');
  await writeFile(file, await maestro('audit', '--json'));
  expect(await maestro('audit', '--file', file)).toContain('verified');
  await writeFile(file, (await readFile(file, 'utf8')).replace('an inquiry', 'no inquiry'));
  const broken = await maestroAt(here(), 'audit', '--file', file);
  expect(broken).toMatchObject({ code: 1, out: expect.stringContaining('broken') });
  await rm(folder, { recursive: true });
});
