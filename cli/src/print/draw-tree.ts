import type { LineageNode } from '@maestro/client';
import type { Output } from '../output.ts';
import { lineageLine } from './lineage-line.ts';

/** A node, and what is drawn below it. */
interface Drawn {
  readonly node: LineageNode;
  /** Generations below the top of the drawing. */
  readonly level: number;
  readonly below: Drawn[];
  /** Below whom it is drawn. */
  readonly above: Drawn | undefined;
  /** How many of its children are in the drawing, wherever. */
  children: number;
}

/**
 * A family tree as lines. One with several parents is drawn below the one of them that is furthest down.
 *
 * @param nodes parents before their children.
 * @param asked id of the one to mark.
 */
export function drawTree(output: Output, nodes: readonly LineageNode[], asked: string): string[] {
  return topsOf(nodes).flatMap((top) => linesOf(output, top, asked, { own: '', below: '' }));
}

function topsOf(nodes: readonly LineageNode[]): readonly Drawn[] {
  const drawn = new Map<string, Drawn>();
  const tops: Drawn[] = [];
  for (const node of nodes) {
    const parents = node.parents.flatMap(({ id }) => drawn.get(id) ?? []);
    let above: Drawn | undefined;
    for (const parent of parents) {
      parent.children++;
      if (!above || parent.level > above.level) above = parent;
    }
    const level = above ? above.level + 1 : 0;
    const one: Drawn = { node, level, below: [], above, children: 0 };
    drawn.set(node.id, one);
    (above?.below ?? tops).push(one);
  }
  return tops;
}

function linesOf(
  output: Output,
  { node, above, below, children }: Drawn,
  asked: string,
  margin: { readonly own: string; readonly below: string },
): string[] {
  const others = node.parents.filter(({ id }) => above && id !== above.node.id);
  const left = node.children - children;
  const remarks = [
    ...others.map(({ id }) => `also of ${id}`),
    ...(left > 0 ? [`${left} more below`] : []),
    ...(node.id === asked ? ['← this one'] : []),
  ];
  const line = lineageLine(output, node, {
    strong: node.id === asked,
    objective: node.objective !== above?.node.objective,
  });
  return [
    `${output.tone('quiet', margin.own)}${[line, ...remarks.map((text) => output.tone('quiet', text))].join('  ')}`,
    ...below.flatMap((child, index) => {
      const last = index === below.length - 1;
      return linesOf(output, child, asked, {
        own: `${margin.below}${last ? '└─ ' : '├─ '}`,
        below: `${margin.below}${last ? '   ' : '│  '}`,
      });
    }),
  ];
}
