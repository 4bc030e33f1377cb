import type { LineageNode } from '@maestro/client/protocol';
import type { ChildEdge, Member } from './family.ts';

/** A continuation as its family tree shows it. */
export function nodeOf({
  id,
  status,
  goal,
  budget,
  lineage,
  offspring,
  createdAt,
  updatedAt,
}: Member): LineageNode {
  return {
    id,
    status,
    recipe: goal.recipe,
    objective: goal.objective,
    parents: lineage.parents,
    depth: lineage.depth,
    children: offspring?.children ?? 0,
    spentUsd: budget.spentMicroUsd / 1_000_000,
    capUsd: budget.capMicroUsd / 1_000_000,
    grantedUsd: (budget.grantedMicroUsd ?? 0) / 1_000_000,
    createdAt,
    updatedAt,
  };
}

/** One that cannot be read, as far as its family knows it. */
export function unreadNode(id: string, known: Pick<LineageNode, 'parents' | 'depth'>): LineageNode {
  return {
    id,
    status: null,
    recipe: null,
    objective: null,
    ...known,
    children: 0,
    spentUsd: null,
    capUsd: null,
    grantedUsd: null,
    createdAt: null,
    updatedAt: null,
  };
}

/** A child, whether it can be read or not. */
export function childNode(edge: ChildEdge, child: Member | undefined): LineageNode {
  if (child) return nodeOf(child);
  const { id, parent, kind, sequence } = edge;
  return unreadNode(id, {
    parents: [{ id: parent.id, kind, sequence }],
    depth: parent.lineage.depth + 1,
  });
}
