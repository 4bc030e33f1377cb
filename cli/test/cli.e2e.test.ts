import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '@maestro/infra-dapr';
import { launchMaestro, type Ended } from './support/run-maestro.ts';

const FIRST_BUILD_MS = 900_000;

const FAULTY_COMPONENT = `
kind: Component
metadata: { name: maestro-state }
spec:
  type: state.sqlite
  metadata:
    - { name: connectionString, envRef: MAESTRO_SQLITE }
    - { name: busyTimout, value: 30s }
`;

const dataDir = mkdtempSync(path.join(tmpdir(), 'maestro-cli-'));
let api = 'http://127.0.0.1:1';

function launch(...words: readonly string[]): ReturnType<typeof launchMaestro> {
  return launchMaestro(words, { MAESTRO_API: api, MAESTRO_DATA_DIR: dataDir });
}

function maestro(...words: readonly string[]): Promise<Ended> {
  return launch(...words).ended;
}

/** Starts `maestro dev` and waits until it says that it is ready. */
async function dev(): Promise<{ child: ChildProcess; ended: Promise<Ended>; lines: string[] }> {
  const started = launch('dev', '--json', '--data-dir', dataDir, '--port', new URL(api).port);
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    started.child.stdout?.on('data', (chunk: Buffer) => {
      lines.push(chunk.toString());
      if (lines.join('').includes('"status":"ready"')) resolve();
    });
    void started.ended.then(({ out, error }) => reject(new Error(`it ended: ${out} ${error}`)));
  });
  return { ...started, lines };
}

async function stop(running: { child: ChildProcess; ended: Promise<Ended> }): Promise<Ended> {
  running.child.kill('SIGINT');
  return await running.ended;
}

async function startedId(...words: readonly string[]): Promise<string> {
  const { out, code, error } = await maestro('start', '--json', ...words);
  expect(code, error).toBe(0);
  return (JSON.parse(out) as { id: string }).id;
}

describe('without an API', () => {
  it('ends with 1 and one line that has the code', async () => {
    const { code, out, error } = await maestro('get', '01J00000000000000000000000', '--token', 'x');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toMatch(/^maestro: sidecar\.unavailable: [^\n]+\n$/);
  });

  it('ends with 2 when written wrongly', async () => {
    expect(await maestro('nonsense')).toMatchObject({ code: 2, out: '' });
    expect(await maestro('events', '--token', 'x')).toMatchObject({ code: 2, out: '' });
  });

  it('checks component files: 0 when they are sound, 1 and the field when they are not', async () => {
    expect(await maestro('doctor', '--components', 'azure')).toMatchObject({ code: 0, error: '' });
    const folder = path.join(dataDir, 'components');
    mkdirSync(folder);
    const file = path.join(folder, 'state.yaml');
    writeFileSync(file, FAULTY_COMPONENT);
    const { code, out } = await maestro('doctor', '--components', folder);
    expect(code).toBe(1);
    expect(out).toContain(file);
    expect(out).toContain(
      "maestro-state (state.sqlite) has no field 'busyTimout'; did you mean 'busyTimeout'?",
    );
    expect(await maestro('doctor', '--components', '/nowhere')).toMatchObject({ code: 1 });
  });

  it('says so to programs in JSON', async () => {
    const { error } = await maestro('get', 'x', '--token', 'x', '--json');
    expect(JSON.parse(error)).toMatchObject({ error: { code: 'sidecar.unavailable' } });
  });
});

describe('with the development stack', () => {
  let running: Awaited<ReturnType<typeof dev>>;
  beforeAll(async () => {
    const [port] = await freePorts(1);
    api = `http://127.0.0.1:${port}`;
    running = await dev();
  }, FIRST_BUILD_MS);
  afterAll(async () => {
    await stop(running);
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('starts, follows to the end, and verifies', async () => {
    const { code, out } = await maestro('start', 'noop@1', '--param', 'sleepMs=500', '--follow');
    expect(code).toBe(0);
    expect(out).toContain('completed with {"steps":2}');
    const id = out.slice(0, 26);
    const verified = await maestro('verify', id);
    expect(verified).toMatchObject({ code: 0, out: expect.stringContaining('byte for byte') });
    expect(await maestro('get', id)).toMatchObject({ code: 0, out: expect.stringContaining(id) });
    const { out: trace } = await maestro('trace', id);
    expect(trace).toMatch(/noop@1 {2}completed {2}2 ticks/);
    expect(trace).toMatch(/asleep until \S+ +\S+ \S+ +5\d\d ms/);
  });

  it('follows all continuations of the tenant until it is interrupted', async () => {
    const following = launch('events', '--follow');
    let seen = '';
    following.child.stdout?.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    let id = '';
    await expect
      .poll(
        async () => {
          id = await startedId('noop@1');
          return seen;
        },
        { timeout: 30_000 },
      )
      .toMatch(/spawn/);
    await expect.poll(() => seen, { timeout: 10_000 }).toContain(`${id}     4`);
    following.child.kill('SIGINT');
    expect(await following.ended).toMatchObject({ code: 0, error: '' });
  });

  it('lists what there is, a few seconds behind', async () => {
    const id = await startedId('wait@1', '--objective', 'Wait for 100% of the mice');
    await expect
      .poll(async () => (await maestro('list', '--search', '100% OF')).out, { timeout: 30_000 })
      .toContain(`${id}  sleeping`);
    const { code, out, error } = await maestro('list', '--status', 'completed', '--json');
    expect(code, error).toBe(0);
    expect(out).toContain('"recipe":"noop@1"');
    expect(out).not.toContain(id);
    expect((await maestro('list', '--since', 'yesterday')).code).toBe(1);
    await maestro('kill', id);
  });

  it('replays what the warehouse has, and exits with 1 for what is not there', async () => {
    const id = await startedId('noop@1');
    await expect
      .poll(async () => (await maestro('replay', id)).out, { timeout: 30_000 })
      .toContain(`same  ${id}`);
    await expect
      .poll(() => maestro('replay', '--all'), { timeout: 30_000 })
      .toMatchObject({
        code: 0,
        out: expect.stringMatching(/^\d+ same of those that the warehouse knows; --w/m) as unknown,
      });
    const lines = (await maestro('replay', '--all', '--json')).out.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { outcome: string }).outcome)).toContain(
      'same',
    );
    const { code, error } = await maestro('replay', '01J00000000000000000000009');
    expect(code).toBe(1);
    expect(error).toContain('continuation.not_found');
  });

  it('shows figures on a page for anybody, and says where', async () => {
    expect(running.lines.join('')).toContain(`"statusPage":"${api}/status"`);
    await maestro('start', 'noop@1', '--param', 'sleepMs=300', '--follow');
    let page = '';
    /** What a row of the page says first. */
    const figure = (row: RegExp): string => row.exec(page)?.[1] ?? '';
    await expect
      .poll(
        async () => {
          const answer = await fetch(`${api}/status`);
          expect(answer.status).toBe(200);
          expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
          page = await answer.text();
          return {
            completed: Number(figure(/>Completed<\/dt>\s*<dd>(\d+)</)) > 0,
            ticks: Number(figure(/>Ticks <[^]*?class="total"[^>]*>\s*(\d+)/)) > 1,
            lateness: /^\d/.test(figure(/>Wake lateness <[^]*?class="p50"[^>]*>\s*([^<]*)</)),
            lag: /^\d/.test(figure(/>Warehouse lag <[^]*?class="p99"[^>]*>\s*([^<]*)</)),
            notice: page.includes('class="notice"'),
          };
        },
        { timeout: 40_000, interval: 1_000 },
      )
      .toEqual({ completed: true, ticks: true, lateness: true, lag: true, notice: false });
    expect(page).toMatch(/<title>Ticks, by the minute of the last hour: at most \d+, at /);
    // Aggregates alone.
    expect(page).not.toMatch(/demo|developer|noop/);
  });

  it('pauses, explains, resumes, signals, and refuses with 1', async () => {
    const id = await startedId('wait@1');
    expect(await maestro('pause', id, '--note', 'lunch')).toMatchObject({ code: 0 });
    expect((await maestro('explain', id)).out).toContain('paused');
    const refused = await maestro('signal', id, 'go');
    expect(refused).toMatchObject({
      code: 1,
      error: expect.stringContaining('continuation.paused'),
    });
    await maestro('resume', id);
    const signalled = await maestro('signal', id, 'go', '--payload', '{"x":1}', '--json');
    expect(JSON.parse(signalled.out)).toMatchObject({ changed: true, status: 'completed' });
    expect(await maestro('kill', id)).toMatchObject({ code: 1 });
  });

  it('goes on after a restart, and arms what the scheduler has lost', async () => {
    const id = await startedId('noop@1', '--param', 'sleepMs=6000');
    const token = await maestro('token', '--role', 'operator');
    expect(token.out.split('.')).toHaveLength(3);
    const { code, out } = await stop(running);
    expect(code).toBe(0);
    expect(out).toContain('"stopped"');
    rmSync(path.join(dataDir, 'scheduler'), { recursive: true });
    running = await dev();
    const store = ['--sqlite', path.join(dataDir, 'state.db'), '--json'];
    const dry = await maestro('repair', '--rearm', '--dry-run', ...store);
    expect(JSON.parse(dry.out)).toMatchObject({ unfinished: 1, rearmed: 0, dryRun: true });
    const repaired = await maestro('repair', '--rearm', ...store);
    expect(repaired.code, repaired.error).toBe(0);
    expect(JSON.parse(repaired.out)).toMatchObject({ unfinished: 1, rearmed: 1, failed: 0 });
    const followed = await maestro('events', id, '--follow');
    expect(followed.out).toContain('completed');
    expect(await maestro('verify', id)).toMatchObject({ code: 0 });
  });
});
