import { z } from 'zod';
import { ContinuationId } from '../continuation/identifiers.ts';

/** How a parent is related. */
export const ParentEdge = z.looseObject({
  id: ContinuationId,
  kind: z.enum(['fork', 'merge']),
  /** The parent's event that the child was made from. */
  sequence: z.int().min(1),
});
export type ParentEdge = z.infer<typeof ParentEdge>;

/** Place of a continuation in its family tree. */
export const Lineage = z.looseObject({
  /** The first ancestor; itself when it has no parent. */
  root: ContinuationId,
  parents: z.array(ParentEdge).max(100),
  /** Generations below the root: 0 for the root. */
  depth: z.int().min(0),
});
export type Lineage = z.infer<typeof Lineage>;

/** The lineage of a continuation without parents. */
export function rootLineage(id: string): Lineage {
  return { root: id, parents: [], depth: 0 };
}
