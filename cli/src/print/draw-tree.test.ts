import type { LineageNode } from '@maestro/client';
import { expect, it } from 'vitest';
import { Output } from '../output.ts';
import { drawTree } from './draw-tree.ts';
import { lineageLine } from './lineage-line.ts';

const plain = new Output({ json: false, colours: false, write: () => undefined });

function nodeOf(
  id: string,
  parents: readonly string[],
  more: Partial<LineageNode> = {},
): LineageNode {
  return {
    id,
    status: 'sleeping',
    recipe: 'wait@1',
    objective: 'try it',
    parents: parents.map((parent) => ({ id: parent, kind: 'fork', sequence: 4 })),
    depth: 0,
    children: 0,
    spentUsd: 0,
    capUsd: 1,
    grantedUsd: 0,
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    ...more,
  };
}

it('draws a family from its root, and marks the one that was asked for', () => {
  const lines = drawTree(
    plain,
    [
      nodeOf('root', [], { status: 'running', children: 2, spentUsd: 0.126 }),
      nodeOf('a', ['root'], { children: 2 }),
      nodeOf('b', ['root'], { objective: 'another way', status: 'completed' }),
      nodeOf('a1', ['a'], { status: 'failed' }),
      nodeOf('a2', ['a'], { status: null, spentUsd: null, capUsd: null, objective: null }),
    ],
    'b',
  );
  expect(lines).toEqual([
    '● root  running    $0.13 of $1.00  try it',
    '├─ ○ a  sleeping   $0.00 of $1.00',
    '│  ├─ ✗ a1  failed     $0.00 of $1.00',
    '│  └─ ? a2  cannot be read yet',
    '└─ ✓ b  completed  $0.00 of $1.00  another way  ← this one',
  ]);
});

it('draws one with several parents once, below the one furthest down', () => {
  const lines = drawTree(
    plain,
    [
      nodeOf('root', [], { children: 2 }),
      nodeOf('a', ['root'], { children: 1 }),
      nodeOf('b', ['root'], { children: 1 }),
      nodeOf('b1', ['b'], { children: 1 }),
      nodeOf('m', ['a', 'b1'], { objective: 'both' }),
    ],
    'none',
  );
  expect(lines.map((line) => line.replace(/ {2}sleeping.*1\.00/, ''))).toEqual([
    '○ root  try it',
    '├─ ○ a',
    '└─ ○ b',
    '   └─ ○ b1',
    '      └─ ○ m  both  also of a',
  ]);
});

it('says how many are not in the drawing', () => {
  const [, line] = drawTree(
    plain,
    [nodeOf('root', [], { children: 1 }), nodeOf('a', ['root'], { children: 3 })],
    'root',
  );
  expect(line).toBe('└─ ○ a  sleeping   $0.00 of $1.00  3 more below');
});

it('tells each of a list in one line, however long its objective', () => {
  const line = lineageLine(plain, nodeOf('a', [], { objective: `one\n${'x'.repeat(100)}` }));
  expect(line).toBe(`○ a  sleeping   $0.00 of $1.00  one ${'x'.repeat(55)}…`);
});
