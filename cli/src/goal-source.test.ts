import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { UsageError } from './failure.ts';
import { startRequestFrom } from './goal-source.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'maestro-goal-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const target = path.join(folder, name);
  await writeFile(target, text);
  return target;
}

it('takes a recipe reference with parameters', async () => {
  const request = await startRequestFrom('noop@1', { param: { sleepMs: 5 }, cap: 2 });
  expect(request).toEqual({
    goal: { recipe: 'noop@1', objective: 'Run noop@1', parameters: { sleepMs: 5 } },
    budget: { capUsd: 2 },
  });
});

it('takes a goal frame from YAML, and lets options count for more', async () => {
  const goal = await file(
    'goal.yaml',
    'objective: from the file\nrecipe: wait@1\nparameters: { signal: go, keep: 1 }\n',
  );
  const request = await startRequestFrom(goal, { objective: 'mine', param: { signal: 'stop' } });
  expect(request).toEqual({
    goal: { recipe: 'wait@1', objective: 'mine', parameters: { signal: 'stop', keep: 1 } },
  });
});

it('takes goal and budget from JSON', async () => {
  const text = '{"goal":{"objective":"x","recipe":"noop@1"},"budget":{"capUsd":1}}';
  const source = await file('goal.json', text);
  expect(await startRequestFrom(source, {})).toEqual(JSON.parse(text));
  expect(await startRequestFrom(source, { cap: 3 })).toMatchObject({ budget: { capUsd: 3 } });
});

it('says in one line what is neither a recipe nor a file', async () => {
  for (const source of ['noop', 'nowhere.yaml', await file('list.yaml', '- a\n')]) {
    const refused = startRequestFrom(source, {});
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(/^[^\n]*$/);
  }
});
