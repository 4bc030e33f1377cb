import { CommonAncestor } from '@maestro/client/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApi, type ApiHarness } from './testing/api-harness.ts';
import { clan, fork, merge } from './testing/clan.ts';

let api: ApiHarness;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

const NOBODYS = '01J00000000000000000000000';

async function common(id: string, other: string): Promise<string> {
  const { json } = await api.call('GET', `/continuations/${id}/common-ancestor?with=${other}`);
  return CommonAncestor.parse(json).ancestor.id;
}

describe('the common ancestor', () => {
  it('is the deepest that both come from, or one of the two', async () => {
    const { root, a, a1, a2, b1, merged, last } = await clan(api);
    expect(await common(a1, a2)).toBe(a);
    expect(await common(a1, b1)).toBe(root);
    expect(await common(a, a1)).toBe(a);
    expect(await common(a1, a)).toBe(a);
    expect(await common(root, root)).toBe(root);
    expect(await common(last, b1)).toBe(b1);
    expect(await common(last, a1)).toBe(a);
    expect(await common(last, merged)).toBe(merged);
  });

  it('of several as deep is the one with the smallest id', async () => {
    const root = await api.start('wait@1');
    const [a = '', b = ''] = await fork(api, root, 2);
    const one = await merge(api, a, b);
    const [third = ''] = await fork(api, root);
    const other = await merge(api, a, b, third);
    expect(await common(one, other)).toBe(a < b ? a : b);
  });

  it('may not exist', async () => {
    const [one, other] = [await api.start('wait@1'), await api.start('wait@1')];
    const path = `/continuations/${one}/common-ancestor`;
    const problem = await api.refused('GET', `${path}?with=${other}`);
    expect(problem).toMatchObject({
      status: 404,
      code: 'continuation.not_found',
      detail: `${one} and ${other} have no common ancestor`,
    });
    const unknown = await api.refused('GET', `${path}?with=${NOBODYS}`);
    expect(unknown).toMatchObject({ code: 'continuation.not_found' });
    expect(unknown.detail).toContain(NOBODYS);
    for (const query of ['', '?with=xyz', `?with=${other}&more=1`]) {
      expect((await api.refused('GET', `${path}${query}`)).code).toBe('request.invalid');
    }
  });
});
