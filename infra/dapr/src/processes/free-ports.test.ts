import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { freePorts } from './free-ports.ts';

const DEAD_PID = 2 ** 30;
let temporary: string;
let folder: string;

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'maestro-ports-test-'));
  vi.stubEnv('TMPDIR', temporary);
  folder = join(temporary, `maestro-ports-${userInfo().username}`);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(temporary, { recursive: true });
});

it('gives different ports below the ephemeral range, also to calls at the same time', async () => {
  const lists = await Promise.all([freePorts(10), freePorts(10), freePorts(10)]);
  const ports = lists.flat();
  expect(new Set(ports).size).toBe(30);
  for (const port of ports) {
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_000);
  }
  expect(readdirSync(folder)).toHaveLength(30);
});

it('leaves out a port somebody listens on', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  const [busy = 0] = await freePorts(1);
  mkdirSync(folder, { recursive: true });
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(busy + 1, '127.0.0.1', resolve);
  });
  try {
    await expect(freePorts(1)).resolves.toEqual([busy + 2]);
    expect(existsSync(join(folder, String(busy + 1)))).toBe(false);
  } finally {
    server.close();
  }
});

it('skips what a living process has reserved and takes over what a dead one left', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.25);
  const [first = 0] = await freePorts(1);
  writeFileSync(join(folder, String(first + 1)), `${process.ppid} `);
  writeFileSync(join(folder, String(first + 2)), `${DEAD_PID} 1`);
  await expect(freePorts(1)).resolves.toEqual([first + 2]);
  expect(readFileSync(join(folder, String(first + 2)), 'utf8')).toContain(String(process.pid));
});
