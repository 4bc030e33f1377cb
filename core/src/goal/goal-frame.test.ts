import { describe, expect, it } from 'vitest';
import { newBudget } from '../budget/budget.ts';
import { clockDueMs, WakeCondition } from '../wake/wake-condition.ts';
import { GoalFrame, StoredGoalFrame } from './goal-frame.ts';

const pilot = {
  objective:
    'What does feeding rumen-protected methionine to early-lactation Holsteins do to milk protein?',
  recipe: 'evidence-brief@1',
  audience: 'dairy consultant',
  constraints: { evidence: { minSources: 5, maxAgeDays: 3650 } },
  outputs: [{ kind: 'brief', schema: { type: 'object' } }],
  tags: ['methionine'],
};

describe('a goal frame', () => {
  it('is internal and has no parameters unless it says so', () => {
    expect(GoalFrame.parse(pilot)).toEqual({ ...pilot, sensitivity: 'internal', parameters: {} });
  });

  it('refuses what it does not know, at every level', () => {
    const wrong = [
      { ...pilot, purpose: 'x' },
      { ...pilot, constraints: { mustnot: [] } },
      { ...pilot, constraints: { evidence: { min: 1 } } },
      { ...pilot, objective: '' },
      { ...pilot, objective: 'x'.repeat(4001) },
      { ...pilot, recipe: 'evidence-brief' },
      { ...pilot, recipe: 'evidence-brief@0' },
      { ...pilot, sensitivity: 'secret' },
      { ...pilot, constraints: { deadline: 'tomorrow' } },
      { ...pilot, parameters: [] },
    ];
    for (const frame of wrong) expect(GoalFrame.safeParse(frame).success).toBe(false);
  });
});

describe('a stored goal frame', () => {
  it('keeps what a newer release has added, at every level', () => {
    const newer = {
      ...GoalFrame.parse(pilot),
      tone: 'plain',
      constraints: { evidence: { minSources: 5, languages: ['en'] }, region: 'EU' },
      outputs: [{ kind: 'brief', pages: 2 }],
    };
    expect(StoredGoalFrame.parse(newer)).toEqual(newer);
    expect(GoalFrame.safeParse(newer).success).toBe(false);
  });
});

describe('a fresh budget', () => {
  it('has its soft cap at four fifths, and never above the hard one', () => {
    expect(newBudget(5_000_000)).toMatchObject({
      capMicroUsd: 5_000_000,
      softCapMicroUsd: 4_000_000,
    });
    expect(newBudget(10, 99)).toMatchObject({ capMicroUsd: 10, softCapMicroUsd: 10 });
    expect(newBudget(0)).toMatchObject({ capMicroUsd: 0, softCapMicroUsd: 0, spentMicroUsd: 0 });
  });
});

function at(day: number): string {
  return `2026-01-0${day}T00:00:00.000Z`;
}

describe('the clock of a wake condition', () => {
  it('is its earliest timer or timeout', () => {
    const condition = WakeCondition.parse({
      kind: 'anyOf',
      conditions: [
        { kind: 'timer', at: at(3) },
        { kind: 'human', signal: 'go', timeout: at(2) },
        { kind: 'stream', stream: 'pubmed' },
      ],
    });
    expect(clockDueMs(condition)).toBe(Date.parse(at(2)));
  });

  it('is none where only events can end the sleep', () => {
    expect(clockDueMs({ kind: 'human', signal: 'go' })).toBeNull();
    expect(clockDueMs({ kind: 'sibling', tag: 'x' })).toBeNull();
  });
});
