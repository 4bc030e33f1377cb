import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { installedPackagesDiffer } from './installed-packages.ts';

function checkout(wanted: object, installed?: object): string {
  const root = mkdtempSync(join(tmpdir(), 'maestro-packages-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'node_modules'));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: wanted }));
  if (installed !== undefined) {
    const file = join(root, 'node_modules', '.package-lock.json');
    writeFileSync(file, JSON.stringify({ packages: installed }));
  }
  return root;
}

const zod = { 'node_modules/zod': { version: '4.0.0' } };

it('is content when all is installed but what belongs to other platforms and workspaces', () => {
  const wanted = {
    '': { name: 'root' },
    core: { version: '0.1.0' },
    'node_modules/@maestro/core': { link: true },
    'node_modules/other-platform': { version: '1.0.0', optional: true },
    ...zod,
  };
  expect(installedPackagesDiffer(checkout(wanted, zod))).toBeUndefined();
});

it('names a package of another version, a missing one, and a missing installation', () => {
  const old = { 'node_modules/zod': { version: '3.0.0' } };
  expect(installedPackagesDiffer(checkout(zod, old))).toBe('zod is 3.0.0, wanted 4.0.0');
  expect(installedPackagesDiffer(checkout(zod, {}))).toBe('zod is missing, wanted 4.0.0');
  expect(installedPackagesDiffer(checkout(zod))).toBe('not installed');
});
