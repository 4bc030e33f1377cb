import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { repositoryFolder } from '../launch/component-set.ts';
import { parseRunFile } from './run-file.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maestro-run-file-'));
  for (const name of ['components', 'special', 'service']) mkdirSync(join(folder, name));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function runFileOf(text: string): string {
  const path = join(folder, 'dapr.yaml');
  writeFileSync(path, text);
  return path;
}

it('merges common fields and resolves paths as the Dapr CLI does', () => {
  const { apps, resourcesPaths } = parseRunFile(
    runFileOf(`
version: 1
common:
  resourcesPath: ./components
  env: {A: 1, B: common}
apps:
  - appID: one
    appDirPath: ./service
    appPort: 8081
    daprHTTPPort: 3501
    command: [node, main.js]
    env: {B: own}
    enableAppHealthCheck: true
  - appDirPath: ./service
    command: [node, other.js]
    resourcesPaths: [../special]
`),
  );
  expect(apps[0]).toMatchObject({
    appId: 'one',
    name: 'one',
    cwd: join(folder, 'service'),
    command: ['node', 'main.js'],
    env: { A: '1', B: 'own' },
    healthPath: '/healthz',
    ports: { app: 8081, daprHttp: 3501 },
    resourcesPaths: [join(folder, 'components')],
  });
  expect(apps[1]).toMatchObject({
    appId: 'service',
    healthPath: false,
    resourcesPaths: [join(folder, 'special')],
  });
  expect(resourcesPaths).toEqual([join(folder, 'components'), join(folder, 'special')]);
});

it('gives replicas of one app id names of their own', () => {
  const app = '{appID: worker, appDirPath: ., command: [node]}';
  const { apps } = parseRunFile(runFileOf(`{version: 1, apps: [${app}, ${app}]}`));
  expect(apps.map((spec) => spec.name)).toEqual(['worker', 'worker-2']);
});

it.each([
  ['an unknown version', 'version: 2\napps: [{appDirPath: ., command: [x]}]', /version: only/],
  ['a missing command', 'version: 1\napps: [{appDirPath: .}]', /apps\.0\.command: /],
  ['an empty command', 'version: 1\napps: [{appDirPath: ., command: []}]', /needs a program/],
  ['no applications', 'version: 1\napps: []', /apps: needs at least one application/],
  ['text that is not YAML', 'version: [1', /not YAML/],
  [
    'resources that are not there',
    'version: 1\ncommon: {resourcesPath: gone}\napps: [{appDirPath: ., command: [x]}]',
    /gone \(resourcesPath\)/,
  ],
])('refuses %s with one line that names the file', (_name, text, message) => {
  const path = runFileOf(text);
  let thrown = '';
  try {
    parseRunFile(path);
  } catch (error) {
    thrown = error instanceof Error ? error.message : '';
  }
  expect(thrown).toMatch(message);
  expect(thrown).toContain(path);
  expect(thrown.split('\n')).toHaveLength(1);
});

it("reads the repository's own dapr.yaml", () => {
  const { apps } = parseRunFile(join(repositoryFolder(), 'dapr.yaml'));
  expect(apps.map((app) => app.appId)).toEqual(['maestro-worker', 'maestro-api']);
  expect(apps.every((app) => app.healthPath === '/healthz')).toBe(true);
});
