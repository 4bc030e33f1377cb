import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { componentSet } from './component-set.ts';
import { environmentReferences, requireEnvironment } from './environment-references.ts';

function resources(set: string): unknown[] {
  const { folder } = componentSet(set);
  return readdirSync(folder).map((file): unknown =>
    parse(readFileSync(join(folder, file), 'utf8')),
  );
}

describe.each(['local', 'postgres'])('components/%s', (set) => {
  it('has the state component that actors use, with keys as Maestro writes them', () => {
    expect(resources(set)).toContainEqual(
      expect.objectContaining({
        kind: 'Component',
        metadata: { name: 'maestro-state' },
        spec: expect.objectContaining({
          metadata: expect.arrayContaining([
            { name: 'keyPrefix', value: 'none' },
            { name: 'actorStateStore', value: 'true' },
          ]),
        }),
      }),
    );
  });

  it('has a Configuration in configuration.yaml', () => {
    const { configPath } = componentSet(set);
    expect(parse(readFileSync(String(configPath), 'utf8'))).toMatchObject({
      kind: 'Configuration',
    });
  });
});

it.each(['local', 'postgres', 'azure', 'aws'])(
  'says nothing of mTLS in %s: Dapr reads that from the Configuration of its control plane alone',
  (set) => {
    const found = resources(set).filter(
      (one) => (one as { readonly kind: string }).kind === 'Configuration',
    );
    expect(found).toEqual([
      expect.objectContaining({ spec: expect.not.objectContaining({ mtls: expect.anything() }) }),
    ]);
  },
);

it('retries deliveries from Redis, which would otherwise lose a message that failed', () => {
  expect(resources('postgres')).toContainEqual(
    expect.objectContaining({
      kind: 'Resiliency',
      spec: expect.objectContaining({
        targets: { components: { 'maestro-pubsub': { inbound: { retry: 'event-delivery' } } } },
      }),
    }),
  );
});

it('finds the variables that components refer to and names those that are missing', () => {
  const folders = [componentSet('local').folder, componentSet('postgres').folder];
  expect([...environmentReferences(folders)].sort()).toEqual([
    'MAESTRO_BLOBS',
    'MAESTRO_POSTGRES',
    'MAESTRO_REDIS',
    'MAESTRO_SQLITE',
  ]);
  const env = { MAESTRO_SQLITE: '/s', MAESTRO_BLOBS: '/b', MAESTRO_POSTGRES: '' };
  expect(() => {
    requireEnvironment(folders, env);
  }).toThrow(/MAESTRO_REDIS/);
  expect(() => {
    requireEnvironment(folders.slice(0, 1), env);
  }).not.toThrow();
});

it('refuses a folder that is not there', () => {
  expect(() => componentSet('/nowhere/at/all')).toThrow('no component folder /nowhere/at/all');
});
