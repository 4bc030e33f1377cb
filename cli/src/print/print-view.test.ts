import type { ContinuationView } from '@maestro/client';
import { expect, it } from 'vitest';
import { Output } from '../output.ts';
import { viewLines } from './print-view.ts';

const plain = new Output({ json: false, colours: false, write: () => undefined });
const ROOT = '01J00000000000000000000000';

function viewOf(more: Partial<ContinuationView>): ContinuationView {
  return {
    id: '01J00000000000000000000001',
    status: 'sleeping',
    recipe: 'wait@1',
    goal: { objective: 'try it', recipe: 'wait@1', sensitivity: 'internal', parameters: {} },
    sequence: 1,
    generation: 1,
    tick: 1,
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    dueAt: null,
    waitingFor: [],
    activity: null,
    paused: null,
    budget: {
      capUsd: 2,
      softCapUsd: 1.6,
      spentUsd: 0.25,
      reservedUsd: 0,
      grantedUsd: 0,
      inputTokens: 0,
      outputTokens: 0,
    },
    lineage: { root: ROOT, parents: [], depth: 0 },
    children: 0,
    lastWake: null,
    result: null,
    failure: null,
    traceId: 't',
    lastEvents: [],
    ...more,
  };
}

it('tells the place in the family, and what children were given', () => {
  const view = viewOf({
    lineage: {
      root: ROOT,
      parents: [
        { id: ROOT, kind: 'fork', sequence: 4 },
        { id: ROOT, kind: 'merge', sequence: 9 },
      ],
      depth: 1,
    },
    children: 3,
  });
  view.budget.grantedUsd = 0.75;
  const lines = viewLines(plain, view, Date.parse(view.createdAt));
  expect(lines).toContain('  budget     $0.25 of $2.00, $0.75 handed on to children');
  expect(lines).toContain(`  fork of    ${ROOT}, event 4`);
  expect(lines).toContain(`  merge of   ${ROOT}, event 9`);
  expect(lines).toContain('  children   3');
});

it('says nothing of a family that there is not', () => {
  const view = viewOf({});
  const lines = viewLines(plain, view, Date.parse(view.createdAt)).join('\n');
  expect(lines).toContain('  budget     $0.25 of $2.00\n');
  expect(lines).not.toMatch(/fork|merge|children/);
});
