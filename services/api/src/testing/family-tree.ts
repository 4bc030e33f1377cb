import { canonicalJson, deriveChildId, headKey, logKey } from '@maestro/core';
import type { ApiHarness } from './api-harness.ts';

type Json = Record<string, unknown>;

/**
 * Writes a family as rows, without anybody living it: heads and fork events, made after those of a real one. Each node has as
 * many children as `widths` says for its generation.
 *
 * @param root a continuation of acme that has been forked once.
 * @returns all ids, generation by generation.
 */
export function writeFamily(
  { runtime }: ApiHarness,
  root: string,
  widths: readonly number[],
): string[][] {
  const { rows } = runtime;
  const rootRef = { tenant: 'acme', id: root };
  const all = rows.snapshot();
  const head = JSON.parse(all.get(headKey(rootRef)) ?? '') as Json & {
    offspring: { sequences: number[] };
  };
  const [sequence = 0] = head.offspring.sequences;
  const event = JSON.parse(all.get(logKey(rootRef, sequence)) ?? '') as Json & { payload: Json };

  const generations: string[][] = [[root]];
  const parentOf = new Map<string, string>();
  for (const [depth, width] of [...widths, 0].entries()) {
    const next: string[] = [];
    for (const id of generations[depth] ?? []) {
      const ref = { tenant: 'acme', id };
      const children = Array.from({ length: width }, (_, index) =>
        deriveChildId(ref, sequence, index),
      );
      for (const child of children) parentOf.set(child, id);
      next.push(...children);
      const parent = parentOf.get(id);
      const { offspring: _replaced, ...rest } = head;
      rows.tamper(
        headKey(ref),
        canonicalJson({
          ...rest,
          id,
          lineage: { root, depth, parents: parent ? [{ id: parent, kind: 'fork', sequence }] : [] },
          ...(width === 0 ? {} : { offspring: { sequences: [sequence], children: width } }),
        }),
      );
      if (width === 0) continue;
      const payload = {
        ...event.payload,
        children: children.map((child, index) => ({ id: child, index, budgetMicroUsd: 0 })),
      };
      rows.tamper(logKey(ref, sequence), canonicalJson({ ...event, continuation: id, payload }));
    }
    if (next.length > 0) generations.push(next);
  }
  return generations;
}
