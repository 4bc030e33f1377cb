import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { missingForSet } from './missing-for-set.ts';

let folder: string;

/** A machine with an empty cache and nothing on its PATH. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maestro-missing-'));
  mkdirSync(join(folder, 'bin'));
  vi.stubEnv('PATH', join(folder, 'bin'));
  vi.stubEnv('MAESTRO_CACHE_DIR', folder);
  vi.stubEnv('MAESTRO_ACCOUNTS', '');
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
});

function program(name: string, script: string): void {
  const file = join(folder, 'bin', name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

it('names every program that the AWS set lacks, with the package that has it', async () => {
  expect(await missingForSet('aws')).toBe(
    'no Java: sudo apt-get install -y default-jre-headless; no Python 3: sudo apt-get install -y python3-venv',
  );
});

it('wants Maven to fetch DynamoDB Local, and a Python with venv', async () => {
  program('java', 'exit 0');
  program('python3', 'exit 1');
  expect(await missingForSet('aws')).toBe(
    'no Maven: sudo apt-get install -y maven; a Python without venv: sudo apt-get install -y python3-venv',
  );
});

it('wants npm to fetch Azurite, and takes a failed download for a reason', async () => {
  expect(await missingForSet('azure')).toContain('no npm');
  program('npm', 'echo "network is unreachable" >&2; exit 1');
  expect(await missingForSet('azure')).toMatch(
    /^Azurite could not be fetched: .*network is unreachable$/,
  );
});

it('is content with what was fetched before, with real accounts, and with the local set', async () => {
  expect(await missingForSet('local')).toBeUndefined();
  program('npm', 'echo "$@" > package.json');
  expect(await missingForSet('azure')).toBeUndefined();
  program('npm', 'exit 1');
  expect(await missingForSet('azure')).toBeUndefined();
  vi.stubEnv('MAESTRO_ACCOUNTS', 'aws,azure');
  expect(await missingForSet('aws')).toBeUndefined();
});
