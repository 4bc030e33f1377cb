import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compilePredicate, MAX_PREDICATE_CHARS } from './compile-predicate.ts';
import { MAX_PREDICATE_COST } from './cost-limit.ts';
import { MAX_EVALUATION_COST } from './predicate.ts';

const text = readFileSync(
  new URL('../../../docs/reference/predicates.md', import.meta.url),
  'utf8',
);

describe('docs/reference/predicates.md', () => {
  const examples = [...text.matchAll(/```cel\n(.*?)```/gs)].flatMap(([, block = '']) =>
    block.trim().split('\n\n'),
  );

  it.each(examples)('has an example that compiles: %s', (example) => {
    const kind = example.includes('item.value') ? 'sibling' : 'stream';
    expect(compilePredicate(kind, example).text).toBe(example);
  });

  it('has the limits of the code', () => {
    expect(examples.length).toBeGreaterThan(4);
    expect(text).toContain(`more than ${MAX_PREDICATE_CHARS} characters`);
    expect(text).toContain(`over ${MAX_PREDICATE_COST.toLocaleString('en')} units`);
    expect(text).toMatch(new RegExp(`Over\\s+${MAX_EVALUATION_COST.toLocaleString('en')} units`));
  });
});
