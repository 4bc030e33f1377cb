import {
  ContinuationId,
  ContinuationStatus,
  Instant,
  Lineage,
  RecipeReference,
} from '@maestro/core';
import { z } from 'zod';

/** The most continuations of one page of a family. */
export const MAX_PAGE_NODES = 1000;

/** Whom of a continuation's family to list. */
export const Relation = z.enum([
  /** Everybody it comes from. */
  'ancestors',
  /** Everybody who comes from it. */
  'descendants',
  /** The other children of its parents. */
  'siblings',
  /** Everybody who comes from its root, and the root itself. */
  'tree',
]);
export type Relation = z.infer<typeof Relation>;

const Usd = z.number().min(0);

/** A continuation in its family tree. */
export const LineageNode = z.object({
  id: ContinuationId,
  /** Null when it cannot be read, mostly a child that has not begun yet; what else is not known is null then, too. */
  status: ContinuationStatus.nullable(),
  recipe: RecipeReference.nullable(),
  objective: z.string().nullable(),
  /** Whose child it is, and by which event of theirs. */
  parents: Lineage.shape.parents,
  /** Generations below the root. */
  depth: z.int().min(0),
  /** How many children it has. */
  children: z.int().min(0),
  spentUsd: Usd.nullable(),
  capUsd: Usd.nullable(),
  /** Carved out for children. */
  grantedUsd: Usd.nullable(),
  createdAt: Instant.nullable(),
  updatedAt: Instant.nullable(),
});
export type LineageNode = z.infer<typeof LineageNode>;

/** Answer of `GET /continuations/{id}/lineage`. */
export const LineagePage = z.object({
  id: ContinuationId,
  relation: Relation,
  /** Generation by generation, parents before their children. A page may be short, or even empty, and not be the last. */
  nodes: z.array(LineageNode),
  /** Cursor to go on with; null on the last page. */
  next: z.string().nullable(),
});
export type LineagePage = z.infer<typeof LineagePage>;

/** Answer of `GET /continuations/{id}/common-ancestor`. */
export const CommonAncestor = z.object({
  /** The deepest continuation that both come from; one of the two when the other comes from it. */
  ancestor: LineageNode,
});
export type CommonAncestor = z.infer<typeof CommonAncestor>;
