import { deriveContinuationId } from '@maestro/core';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { programOf, startGuarded, type GuardedStack } from './support/guarded-stack.ts';
import { repository } from './support/running-standalone.ts';

const run = promisify(execFile);

let guarded: GuardedStack;
beforeAll(async () => {
  guarded = await startGuarded();
});
afterAll(() => guarded?.close());

/** Runs a program of the page beside the sidecar of another application, and gives what each of its lines says. */
async function linesOf(command: string, args: readonly string[], id: string) {
  const { stdout } = await run(command, args, {
    env: {
      PATH: process.env['PATH'],
      DAPR_HTTP_PORT: String(guarded.foreign.httpPort),
      MAESTRO_TOKEN: await guarded.tokenFor({ tenant: 'acme' }),
      TENANT: 'acme',
      ID: id,
    },
    timeout: 60_000,
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { ok?: boolean; reply?: unknown });
}

/** What the five commands of each program come to. */
function storyOf(id: string) {
  return [
    { kind: 'spawned', id, created: true, status: 'sleeping' },
    {
      kind: 'looked',
      continuation: { id, status: 'sleeping', waitingFor: [{ kind: 'human', signal: 'go' }] },
    },
    { kind: 'woken', found: true },
    { kind: 'signalled', changed: true, status: 'completed' },
    {
      kind: 'looked',
      continuation: {
        id,
        status: 'completed',
        result: { value: { signal: 'go', payload: { approved: true } } },
      },
    },
  ];
}

/** Compiles the page's TypeScript by this repository's own rules. */
async function compiled(): Promise<string> {
  const source = path.join(guarded.dataDir, 'calling.mts');
  await writeFile(source, await programOf('ts'));
  const types = path.join(repository, 'node_modules/@types');
  const options =
    '--strict --module nodenext --target es2022 --types node --noUncheckedIndexedAccess';
  const tsc = path.join(repository, 'node_modules/.bin/tsc');
  await run(tsc, [source, ...options.split(' '), '--typeRoots', types], { cwd: guarded.dataDir });
  return source.replace('.mts', '.mjs');
}

it('curl, as the page has it', async () => {
  const id = deriveContinuationId('acme', 'order-16');
  const envelopes = await linesOf('bash', ['-c', await programOf('sh')], id);
  expect(envelopes).toMatchObject(storyOf(id).map((reply) => ({ ok: true, reply })));
});

it('TypeScript, as the page has it', async () => {
  const replies = await linesOf(process.execPath, [await compiled()], '');
  expect(replies).toMatchObject(storyOf(deriveContinuationId('acme', 'order-17')));
});

it('Python, as the page has it', async () => {
  const replies = await linesOf('python3', ['-c', await programOf('python')], '');
  expect(replies).toMatchObject(storyOf(deriveContinuationId('acme', 'order-18')));
});

it('finds what was started when the same is sent again, also over the API', async () => {
  const client = await guarded.clientOf('acme');
  const goal = { objective: 'Ask the vet', recipe: 'wait@1' };
  const again = await client.start({ goal }, { idempotencyKey: 'order-17' });
  expect(again).toMatchObject({ created: false, status: 'completed' });
  for await (const { type, payload } of client.allEvents(again.id)) {
    if (type === 'spawn') expect(payload).toMatchObject({ requestedBy: { subject: 'planner' } });
  }
});

it('lets the API speak to the worker by its signature', async () => {
  const client = await guarded.clientOf('acme');
  const { id } = await client.start({ goal: { objective: 'x', recipe: 'wait@1' } });
  await client.kill(id);
  expect(await client.get(id)).toMatchObject({ status: 'killed' });
});

it('leaves no token and no key in any log', async () => {
  const token = await guarded.tokenFor({ tenant: 'acme' });
  const [, payload = ''] = token.split('.');
  for (const name of ['worker', 'api']) {
    const log = await readFile(path.join(guarded.dataDir, 'logs', `${name}.log`), 'utf8');
    expect(log).not.toContain(payload.slice(0, 40));
    expect(log).not.toContain('thirty-two');
  }
});
