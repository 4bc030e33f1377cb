import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { awsOverlay } from '../backends/aws-backends.ts';
import { azureOverlay } from '../backends/azure-backends.ts';
import { componentSet } from './component-set.ts';
import { overlaid, type Overlay } from './overlay.ts';

/** What a test may add or replace: where a service is, and with what credentials. */
const MAY_SET = new Set([
  'endpoint',
  'forcePathStyle',
  'connectionString',
  'masterKey',
  'accountKey',
  'accessKey',
  'secretKey',
]);
/** What it may leave out: the cloud's own address and identity. */
const MAY_UNSET = new Set(['azureClientId', 'namespaceName']);

interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly type?: string;
    readonly metadata?: readonly { readonly name: string }[];
  };
}

function resources(set: string): readonly Resource[] {
  const { folder } = componentSet(set);
  return readdirSync(folder).flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map(
      (document) => document.toJSON() as Resource,
    ),
  );
}

const cases: readonly (readonly [string, Overlay])[] = [
  ['azure', azureOverlay(1, 2)],
  ['aws', awsOverlay(1, 2)],
];

it.each(cases)(
  'what the suites run of %s is what is shipped, but for places and keys',
  (set, overlay) => {
    for (const resource of resources(set)) {
      const changed = overlaid(resource, overlay) as Resource;
      if (resource.metadata.name === 'maestro-secrets') continue;
      const { metadata: before = [], ...spec } = resource.spec;
      const { metadata: after = [], ...changedSpec } = changed.spec;
      expect(changedSpec).toEqual(spec);
      expect(changed.metadata).toEqual(resource.metadata);
      for (const field of before) {
        if (!MAY_SET.has(field.name) && !MAY_UNSET.has(field.name))
          expect(after).toContainEqual(field);
      }
      const known = new Set(before.map(({ name }) => name));
      for (const { name } of after) expect(known.has(name) || MAY_SET.has(name), name).toBe(true);
    }
  },
);

it.each(['azure', 'aws'])('no file of %s holds a key, a password or an address', (set) => {
  const { folder } = componentSet(set);
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    expect(text).not.toMatch(
      /(masterKey|accountKey|accessKey|secretKey|password|connectionString)/i,
    );
    expect(text.replaceAll(/#.*$/gm, '')).not.toMatch(/https?:\/\//);
  }
});
