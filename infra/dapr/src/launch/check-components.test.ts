import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { componentFaults } from './check-components.ts';
import { componentSet } from './component-set.ts';

function folderWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-components-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'state.yaml'), text);
  return folder;
}

const shipped = (set: string): string =>
  readFileSync(join(componentSet(set).folder, 'state.yaml'), 'utf8');

it.each(['local', 'postgres', 'azure', 'aws'])('finds nothing wrong with %s', (set) => {
  expect(componentFaults(componentSet(set).folder)).toEqual([]);
});

it('names component and field of a typing error, and what was meant', () => {
  const faults = componentFaults(folderWith(shipped('aws').replace('name: table', 'name: tabel')));
  expect(faults.map((fault) => fault.split('state.yaml: ')[1])).toEqual([
    "maestro-state (state.aws.dynamodb) has no field 'tabel'; did you mean 'table'?",
    "maestro-state (state.aws.dynamodb) needs the field 'table'",
  ]);
});

it('refuses Redis as the state store, and says why', () => {
  const text = shipped('postgres').replace('state.postgresql', 'state.redis');
  expect(componentFaults(folderWith(text))[0]).toContain(
    'maestro-state (state.redis) cannot hold continuations: its transactions are not atomic',
  );
});

it('names the place where a file is no YAML', () => {
  expect(componentFaults(folderWith('a: [1, 2'))[0]).toContain('state.yaml: ');
});
