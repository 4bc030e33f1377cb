import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ManagedProcess } from '@maestro/infra-dapr';

const folder = mkdtempSync(join(tmpdir(), 'maestro-process-'));
let count = 0;
const started: ManagedProcess[] = [];

function runNode(script: string): ManagedProcess {
  const managed = ManagedProcess.spawn({
    name: 'child',
    command: process.execPath,
    args: ['-e', script],
    env: {},
    logFile: join(folder, `child-${++count}.log`),
  });
  started.push(managed);
  return managed;
}

async function printed(managed: ManagedProcess): Promise<string> {
  for (let tries = 0; tries < 200; tries += 1) {
    const text = existsSync(managed.logFile) ? readFileSync(managed.logFile, 'utf8').trim() : '';
    if (text !== '') return text;
    await delay(25);
  }
  throw new Error('the child printed nothing');
}

function isAlive(pid: number): boolean {
  try {
    // A killed process is a zombie until its parent has read its end.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

const STAYS = 'console.log("up"); setInterval(() => {}, 1000);';
const STAYS_AGAINST_SIGTERM = `process.on("SIGTERM", () => {}); ${STAYS}`;
const WITH_GRANDCHILD = `
  const { spawn } = require("node:child_process");
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true });
  console.log(child.pid); setInterval(() => {}, 1000);`;

afterAll(() => {
  rmSync(folder, { recursive: true });
});

afterEach(async () => {
  for (const managed of started.splice(0)) await managed.kill9();
});

describe('a managed process', () => {
  it('tells how it ended', async () => {
    await expect(runNode('process.exit(3)').exited).resolves.toEqual({ code: 3, signal: null });
  });

  it('ends with 127 and a line in its log when its program is not there', async () => {
    const managed = ManagedProcess.spawn({
      name: 'absent',
      command: '/nowhere/program',
      args: [],
      env: {},
      logFile: join(folder, 'absent.log'),
    });
    await expect(managed.exited).resolves.toEqual({ code: 127, signal: null });
    expect(readFileSync(managed.logFile, 'utf8')).toContain('/nowhere/program');
    expect(managed.running).toBe(false);
  });

  it('stops on request, without force', async () => {
    const managed = runNode(STAYS);
    await printed(managed);
    const stop = { code: null, signal: 'SIGTERM', forced: false };
    await expect(managed.stop(5_000)).resolves.toEqual(stop);
    await expect(managed.stop(5_000)).resolves.toEqual(stop);
  });

  it('is killed when it outlives the grace period', async () => {
    const managed = runNode(STAYS_AGAINST_SIGTERM);
    await printed(managed);
    await expect(managed.stop(200)).resolves.toEqual({
      code: null,
      signal: 'SIGKILL',
      forced: true,
    });
  });

  it('takes its descendants along when it is killed', async () => {
    const managed = runNode(WITH_GRANDCHILD);
    const grandchild = Number(await printed(managed));
    expect(isAlive(grandchild)).toBe(true);
    await managed.kill9();
    await delay(50);
    expect(isAlive(grandchild)).toBe(false);
  });

  it('can be frozen, and still be stopped while it is', async () => {
    const managed = runNode('setInterval(() => console.log(Date.now()), 10);');
    await printed(managed);
    managed.signal('SIGSTOP');
    await delay(50);
    const before = readFileSync(managed.logFile, 'utf8');
    await delay(100);
    expect(readFileSync(managed.logFile, 'utf8')).toBe(before);
    expect(managed.running).toBe(true);
    expect((await managed.stop(5_000)).forced).toBe(false);
  });

  it('measures its processor time and memory', async () => {
    const managed = runNode(`const end = Date.now() + 200; while (Date.now() < end); ${STAYS}`);
    await printed(managed);
    expect(managed.cpuMs()).toBeGreaterThanOrEqual(100);
    expect(managed.memory().rssMb).toBeGreaterThan(10);
    expect(managed.memory().pssMb).toBeGreaterThan(1);
  });
});
