import { LineagePage, type ForkAnswer } from '@maestro/client/protocol';
import type { ApiHarness } from './api-harness.ts';

/** Forks a continuation. @returns the ids of the children, whose objectives are their numbers. */
export async function fork(api: ApiHarness, id: string, count = 1, capUsd = 0): Promise<string[]> {
  const children = Array.from({ length: count }, (_, index) => ({
    objective: `${index}`,
    budget: { capUsd },
  }));
  const { json } = await api.call('POST', `/continuations/${id}/forks`, { body: { children } });
  await api.runtime.idle();
  return (json as ForkAnswer).children;
}

/** Merges continuations into a child. @returns its id. */
export async function merge(api: ApiHarness, ...parents: string[]): Promise<string> {
  const id = `01J0000000000000000000000${parents.length}`;
  await api.runtime.continuations.send(
    { tenant: 'acme', id },
    {
      kind: 'spawn',
      goal: { objective: 'both', recipe: 'wait@1', sensitivity: 'internal', parameters: {} },
      requestedBy: { subject: 'alice' },
      requestHash: 'b'.repeat(64),
      merge: {
        parents,
        function: 'collect',
        parameters: {},
        need: parents.length,
        onFailure: 'fail',
      },
    },
  );
  await api.runtime.idle();
  return id;
}

/** A page of a family, checked. */
export async function page(api: ApiHarness, id: string, query: string): Promise<LineagePage> {
  const { json, text, httpStatus } = await api.call('GET', `/continuations/${id}/lineage?${query}`);
  if (httpStatus !== 200) throw new Error(text);
  return LineagePage.parse(json);
}

/** A root with two children, of which the first has two and the second one; and a merge of a child and a grandchild, and one of that alone. */
export interface Clan {
  readonly root: string;
  readonly a: string;
  readonly b: string;
  readonly a1: string;
  readonly a2: string;
  readonly b1: string;
  readonly merged: string;
  readonly last: string;
}

/** Makes one. */
export async function clan(api: ApiHarness): Promise<Clan> {
  const root = await api.start('wait@1');
  const [a = '', b = ''] = await fork(api, root, 2);
  const [a1 = ''] = await fork(api, a);
  const [a2 = ''] = await fork(api, a);
  const [b1 = ''] = await fork(api, b);
  const merged = await merge(api, a, b1);
  const last = await merge(api, merged);
  return { root, a, b, a1, a2, b1, merged, last };
}
