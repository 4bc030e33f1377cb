import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

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
  readonly text: string;
  readonly contentType: string;
}

const texts = new Map<string, Promise<string>>();

/** A file of Swagger UI by its name, read once; undefined for any other name. */
export async function referenceAsset(name: string): Promise<ReferenceAsset | undefined> {
  if (!isAsset(name)) return undefined;
  const { contentType, path } = ASSETS[name];
  const text = texts.get(name) ?? readFile(path(), 'utf8');
  texts.set(name, text);
  return { text: await text, contentType };
}

function isAsset(name: string): name is keyof typeof ASSETS {
  return Object.hasOwn(ASSETS, name);
}
