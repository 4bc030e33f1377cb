import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { personalData, REDACTED } from '../privacy/personal-data.ts';
import { redactNothing } from '../privacy/text-redactor.ts';
import { MAX_SLEEP_MS } from '../wake/wake-condition.ts';
import { defineRecipe, type Recipe } from './define-recipe.ts';
import {
  complete,
  fail,
  humanSignal,
  next,
  publish,
  sleep,
  timerAfter,
  timerAt,
} from './outcome.ts';
import { readOutcome } from './read-outcome.ts';
import { RecipeRegistry } from './recipe-registry.ts';
import { StepOutcome } from './step-outcome.ts';

const NOW_MS = Date.parse('2026-01-01T00:00:00.000Z');
const CONTEXT = { nowMs: NOW_MS, texts: redactNothing };

function recipeOf(name = 'sample', version = 1): Recipe {
  return defineRecipe({
    name,
    version,
    description: 'A sample',
    parameters: z.strictObject({}),
    state: z.strictObject({ n: z.int(), who: personalData(z.string(), 'name').optional() }),
    start: () => ({ step: 'act', state: { n: 0 } }),
    steps: { act: { inline: true, run: (_context, { n }) => complete(n) } },
  });
}

describe('defining a recipe', () => {
  it('gives it a reference', () => {
    expect(recipeOf('evidence-brief', 3).reference).toBe('evidence-brief@3');
  });

  it('refuses a name or version that cannot be part of one', () => {
    for (const [name, version] of [
      ['', 1],
      ['Noop', 1],
      ['a@b', 1],
      ['noop', 0],
      ['noop', 1.5],
      ['noop', 1_000_000],
    ] as const) {
      expect(() => recipeOf(name, version)).toThrow(TypeError);
    }
  });
});

describe('the registry', () => {
  it('knows recipes by reference', () => {
    const registry = new RecipeRegistry([recipeOf('a'), recipeOf('a', 2)]);
    expect(registry.get('a@2').version).toBe(2);
    expect(registry.list()).toHaveLength(2);
  });

  it('refuses the same recipe twice: config.invalid', () => {
    expect(() => new RecipeRegistry([recipeOf(), recipeOf()])).toThrow(
      expect.objectContaining({ code: 'config.invalid' }),
    );
  });

  it('names what there is when something is not: recipe.unknown', () => {
    expect(() => new RecipeRegistry([recipeOf('a'), recipeOf('b')]).get('c@1')).toThrow(
      expect.objectContaining({
        code: 'recipe.unknown',
        message: expect.stringContaining('a@1, b@1') as string,
      }),
    );
  });
});

describe('what the builders make', () => {
  const made = [
    next('act'),
    next('act', { n: 1 }),
    sleep(timerAfter(NOW_MS, 1000), 'act'),
    sleep(timerAt('2026-01-01T01:00:00+01:00'), 'act', { n: 1 }),
    sleep(humanSignal('go', { timeout: '2027-01-01T00:00:00Z' }), 'act'),
    sleep({ kind: 'anyOf', conditions: [humanSignal('go'), timerAfter(NOW_MS, 0)] }, 'act'),
    publish({ kind: 'note', value: [1] }, 'act'),
    complete({ done: true }),
    complete(null, { n: 9 }),
    fail('no'),
  ];
  for (const outcome of made) {
    it(`is an outcome: ${JSON.stringify(outcome)}`, () => {
      expect(StepOutcome.safeParse(outcome).success).toBe(true);
      const read = readOutcome(recipeOf(), outcome, CONTEXT);
      expect(read.outcome.kind).toBe(outcome.kind);
      expect(read.recipeState).toEqual('state' in outcome ? outcome.state : undefined);
    });
  }

  it('instants are written in UTC with milliseconds', () => {
    expect(timerAt('2026-01-01T01:00:00+01:00')).toEqual({
      kind: 'timer',
      at: '2026-01-01T00:00:00.000Z',
    });
  });
});

/** The code with which an outcome is refused, or what was read. */
function refused(outcome: unknown): unknown {
  try {
    return readOutcome(recipeOf(), outcome, CONTEXT);
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

describe('reading an outcome', () => {
  it('takes only what is one: step.outcome_invalid', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const wrong = [
      undefined,
      null,
      'done',
      {},
      { kind: 'dance' },
      { kind: 'next' },
      { kind: 'next', step: 'elsewhere' },
      { kind: 'next', step: 'toString' },
      { kind: 'complete' },
      { kind: 'complete', result: 1n },
      { kind: 'complete', result: circle },
      { kind: 'fail', message: 'x'.repeat(5000) },
      { kind: 'sleep', wake: { kind: 'moon' }, step: 'act' },
      { kind: 'sleep', wake: { kind: 'timer', at: 'soon' }, step: 'act' },
      { kind: 'sleep', wake: { kind: 'anyOf', conditions: [] }, step: 'act' },
      next('act', { n: 'x' }),
      next('act', { n: 1, more: 1 }),
    ];
    for (const outcome of wrong) expect(refused(outcome)).toBe('step.outcome_invalid');
  });

  it('takes no sleep over ten years, in whatever condition: wake.too_far', () => {
    const far = timerAfter(NOW_MS, MAX_SLEEP_MS + 1);
    const at = new Date(NOW_MS + MAX_SLEEP_MS + 1).toISOString();
    expect(refused(sleep(far, 'act'))).toBe('wake.too_far');
    expect(refused(sleep(humanSignal('go', { timeout: at }), 'act'))).toBe('wake.too_far');
    expect(refused(sleep({ kind: 'anyOf', conditions: [humanSignal('go'), far] }, 'act'))).toBe(
      'wake.too_far',
    );
    expect(refused(sleep(timerAfter(NOW_MS, MAX_SLEEP_MS), 'act'))).toMatchObject({
      outcome: { kind: 'sleep' },
    });
  });

  it('redacts personal data in the state', () => {
    expect(
      readOutcome(recipeOf(), next('act', { n: 1, who: 'Grace' }), CONTEXT).recipeState,
    ).toEqual({
      n: 1,
      who: REDACTED,
    });
  });

  it('drops what JSON cannot say and mends what it cannot write', () => {
    expect(
      readOutcome(
        recipeOf(),
        complete({ a: undefined, b: 'x\ud83d', c: new Date(NOW_MS) } as never),
        CONTEXT,
      ).outcome,
    ).toEqual({ kind: 'complete', result: { b: 'x\ufffd', c: '2026-01-01T00:00:00.000Z' } });
  });
});
