import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { checkComponents, requireSoundComponents } from './check-components.ts';
import { componentSet } from './component-set.ts';

function folderWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-components-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'state.yaml'), text);
  return folder;
}

const shipped = (set: string): string =>
  readFileSync(join(componentSet(set).folder, 'state.yaml'), 'utf8');

it.each(['local', 'postgres', 'azure', 'aws'])('knows and finds sound all of %s', (set) => {
  const { components, faults } = checkComponents(componentSet(set).folder);
  expect(faults).toEqual([]);
  expect(components.map(({ name }) => name)).toContain('maestro-state');
  expect(components.every(({ known }) => known)).toBe(true);
});

it('names file, component and field of a typing error, and what was meant', () => {
  const folder = folderWith(shipped('aws').replace('name: table', 'name: tabel'));
  const file = join(folder, 'state.yaml');
  expect(checkComponents(folder).faults).toEqual([
    {
      file,
      component: 'maestro-state',
      field: 'tabel',
      nearest: 'table',
      message: "maestro-state (state.aws.dynamodb) has no field 'tabel'; did you mean 'table'?",
    },
    {
      file,
      component: 'maestro-state',
      field: 'table',
      message: "maestro-state (state.aws.dynamodb) needs the field 'table'",
    },
  ]);
  expect(() => requireSoundComponents([folder])).toThrow(
    `${file}: maestro-state (state.aws.dynamodb) has no field 'tabel'; did you mean 'table'?\n${file}: `,
  );
});

it('refuses Redis as the state store, and says why', () => {
  const text = shipped('postgres').replace('state.postgresql', 'state.redis');
  expect(checkComponents(folderWith(text)).faults[0]?.message).toContain(
    'maestro-state (state.redis) cannot hold continuations: its transactions are not atomic',
  );
});

it('names the place where a file is no YAML', () => {
  const [fault] = checkComponents(folderWith('a: [1, 2')).faults;
  expect(fault?.file).toContain('state.yaml');
  expect(fault?.message).toContain('line 1');
});

it('names what keeps a component from being one, and passes over other resources', () => {
  const typeless = shipped('local').replace('type: state.sqlite', 'typ: state.sqlite');
  expect(checkComponents(folderWith(typeless)).faults[0]?.message).toMatch(
    /^not a component: spec\.type: /,
  );
  expect(checkComponents(folderWith('kind: Resiliency'))).toEqual({ components: [], faults: [] });
});

it('tells of a type whose fields it does not know', () => {
  const text = shipped('local').replace('state.sqlite', 'state.other');
  expect(checkComponents(folderWith(text))).toMatchObject({
    components: [{ name: 'maestro-state', type: 'state.other', known: false }],
    faults: [],
  });
});
