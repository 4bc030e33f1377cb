import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { schemaDocuments } from './schema-documents.ts';

const folder = new URL('../../schemas/', import.meta.url);
const documents = schemaDocuments();

describe('core/schemas', () => {
  for (const { fileName, text } of documents) {
    it(`${fileName} says what the code says`, () => {
      const written = readdirSync(folder).includes(fileName)
        ? readFileSync(new URL(fileName, folder), 'utf8')
        : '(there is no such file)';
      expect(written, 'run `npm run build && npm run schemas` and commit core/schemas').toBe(text);
    });
  }

  it('holds nothing else', () => {
    expect([...readdirSync(folder)].sort(), 'run `npm run build && npm run schemas`').toEqual(
      documents.map(({ fileName }) => fileName).sort(),
    );
  });

  it('names every schema by its own id', () => {
    const ids = documents.map(({ text }) => (JSON.parse(text) as { $id: string }).$id);
    expect(new Set(ids).size).toBe(documents.length);
    expect(ids.every((id) => id.startsWith('urn:maestro:schema:'))).toBe(true);
  });
});
