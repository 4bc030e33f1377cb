import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cacheFolder, daprCacheFolder } from './cache-folder.ts';

it('prefers MAESTRO_CACHE_DIR, then XDG_CACHE_HOME, then the home folder', () => {
  const xdg = { XDG_CACHE_HOME: '/xdg' };
  expect(cacheFolder({ ...xdg, MAESTRO_CACHE_DIR: '/own' })).toBe('/own/maestro');
  expect(cacheFolder(xdg)).toBe('/xdg/maestro');
  expect(cacheFolder({})).toBe(join(homedir(), '.cache', 'maestro'));
});

it('keeps each Dapr version apart', () => {
  expect(daprCacheFolder('1.18.2', { MAESTRO_CACHE_DIR: '/c' })).toBe('/c/maestro/dapr/1.18.2');
});
