import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { schemaDocuments } from './schema-documents.ts';

// `npm run schemas`: writes core/schemas anew.
const folder = new URL('../../schemas/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) rmSync(new URL(file, folder));
for (const { fileName, text } of schemaDocuments()) writeFileSync(new URL(fileName, folder), text);
