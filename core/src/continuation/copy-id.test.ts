import { expect, it } from 'vitest';
import { copyId, CopySource } from './copy-id.ts';
import { ContinuationId, deriveContinuationId } from './identifiers.ts';

const source = {
  tenant: 'acme',
  id: '01J0000000000000000000000A',
  hash: 'a'.repeat(64),
  key: '',
};

it('the id of a copy follows from tenant, log, end and key', () => {
  const id = copyId('globex', source);
  expect(ContinuationId.safeParse(id).success).toBe(true);
  expect(copyId('globex', { ...source })).toBe(id);
  const others = [
    source.id,
    copyId('acme', source),
    copyId('globex', { ...source, tenant: 'globex' }),
    copyId('globex', { ...source, id: '01J0000000000000000000000B' }),
    copyId('globex', { ...source, hash: 'b'.repeat(64) }),
    copyId('globex', { ...source, key: 'another' }),
  ];
  expect(new Set([id, ...others]).size).toBe(7);
});

it('stays what it is, so that a copy is found again by every release', () => {
  expect(copyId('globex', source)).toBe(
    deriveContinuationId('globex', `copy\nacme\n${source.id}\n${source.hash}\n`),
  );
  expect(copyId('globex', source)).toMatchInlineSnapshot(`"5C1G2A7WKFFB1G2F416QQ3EWZ3"`);
});

it.each([
  ['tenant', 'Acme\n'],
  ['id', '01J'],
  ['hash', 'A'.repeat(64)],
  ['key', 'k'.repeat(201)],
  ['more', 1],
])('what a copy is of is read strictly: %s', (member, value) => {
  expect(CopySource.safeParse(source).success).toBe(true);
  expect(CopySource.safeParse({ ...source, [member]: value }).success).toBe(false);
});
