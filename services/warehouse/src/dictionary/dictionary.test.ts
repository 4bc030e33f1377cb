import path from 'node:path';
import { expect, it } from 'vitest';
import { dictionaryText } from '../testing/dictionary-text.ts';
import { DICTIONARY } from './dictionary.ts';

const document = path.resolve(import.meta.dirname, '../../../../docs/reference/warehouse.md');

it('is what docs/reference/warehouse.md says (write it by `npx vitest run --project unit dictionary --update`)', async () => {
  await expect(dictionaryText()).toMatchFileSnapshot(document);
});

it('names each table, and each column of a table, once', () => {
  const tables = DICTIONARY.map(({ name }) => name);
  expect(new Set(tables).size).toBe(tables.length);
  for (const { columns, key } of DICTIONARY) {
    const names = columns.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining([...key]));
  }
});
