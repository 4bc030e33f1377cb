import type { Relation } from '@maestro/client/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApi, type ApiHarness } from './testing/api-harness.ts';
import { fork, page } from './testing/clan.ts';

let api: ApiHarness;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

const NOBODYS = '01J00000000000000000000000';

/** A cursor as it would be if it said that. */
function cursorOf(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe('a question about a family that is refused', () => {
  it('is about nothing, or about what belongs to somebody else', async () => {
    const id = await api.start('wait@1');
    for (const path of ['lineage?relation=tree', `common-ancestor?with=${id}`]) {
      for (const [of, token, code] of [
        [NOBODYS, 'acme:alice', 'continuation.not_found'],
        [id, 'globex:bob', 'continuation.not_found'],
        ['xyz', 'acme:alice', 'id.invalid'],
        [id, null, 'auth.missing'],
      ] as const) {
        const problem = await api.refused('GET', `/continuations/${of}/${path}`, { token });
        expect(problem.code).toBe(code);
      }
    }
  });

  it.each([
    '',
    'relation=cousins',
    'relation=tree&relation=tree',
    'relation=tree&depth=0',
    'relation=tree&depth=1001',
    'relation=tree&limit=0',
    'relation=tree&limit=1001',
    'relation=tree&more=1',
    'relation=tree&cursor=',
  ])('lineage?%s', async (query) => {
    const id = await api.start('wait@1');
    const problem = await api.refused('GET', `/continuations/${id}/lineage?${query}`);
    expect(problem.code).toBe('request.invalid');
  });

  it('asks for siblings of several generations', async () => {
    const id = await api.start('wait@1');
    const query = 'relation=siblings&depth=1';
    const problem = await api.refused('GET', `/continuations/${id}/lineage?${query}`);
    expect(problem.code).toBe('request.unprocessable');
  });

  it('has a cursor that is none, or that of another list', async () => {
    const id = await api.start('wait@1');
    await fork(api, id, 3);
    const { next } = await page(api, id, 'relation=descendants&limit=1');
    const wrong: readonly [Relation, string | null][] = [
      ['descendants', 'x'],
      ['descendants', cursorOf({})],
      ['descendants', cursorOf([1, 'descendants', id])],
      ['descendants', cursorOf([1, 'descendants', id, 1, -1, 0])],
      ['descendants', cursorOf([1, 'descendants', id, 1, 2])],
      ['descendants', cursorOf([1, 'descendants', id, ...Array.from({ length: 2003 }, () => 1)])],
      ['descendants', cursorOf([2, 'descendants', id, 1])],
      ['tree', next],
      ['siblings', cursorOf([1, 'siblings', id, 1])],
      ['ancestors', cursorOf([1, 'ancestors', id, 1, 1])],
      ['tree', cursorOf([1, 'tree', NOBODYS, 1])],
    ];
    for (const [relation, cursor] of wrong) {
      const path = `/continuations/${id}/lineage?relation=${relation}&cursor=${cursor}`;
      const problem = await api.refused('GET', path);
      expect(problem).toMatchObject({ code: 'request.unprocessable', errors: [{ at: 'cursor' }] });
    }
  });
});
