import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { strongTag } from '../http/entity-tag.ts';

const require = createRequire(import.meta.url);

const ASSETS = {
  'swagger-ui.css': {
    contentType: 'text/css; charset=utf-8',
    path: () => require.resolve('swagger-ui-dist/swagger-ui.css'),
  },
  'swagger-ui-bundle.js': {
    contentType: 'text/javascript; charset=utf-8',
    path: () => require.resolve('swagger-ui-dist/swagger-ui-bundle.js'),
  },
} as const;

/** A file that the page needs. */
export interface ReferenceAsset {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly contentType: string;
}

const read = new Map<string, ReferenceAsset>();

/** A file of Swagger UI by its name, read once; undefined for any other name. */
export async function referenceAsset(name: string): Promise<ReferenceAsset | undefined> {
  if (!isAsset(name)) return undefined;
  const known = read.get(name);
  if (known) return known;
  const { contentType, path } = ASSETS[name];
  const bytes = await readFile(path());
  const asset = { bytes, etag: strongTag(bytes), contentType };
  read.set(name, asset);
  return asset;
}

function isAsset(name: string): name is keyof typeof ASSETS {
  return Object.hasOwn(ASSETS, name);
}
