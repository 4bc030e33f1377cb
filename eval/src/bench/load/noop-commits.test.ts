import { loadRecipes } from '@maestro/actors';
import { LogVerifier, parseStoredEvent } from '@maestro/core';
import { expect, it } from 'vitest';
import { noopCommits } from './noop-commits.ts';

const recipes = await loadRecipes(['@maestro/recipes']);

it('makes commits of four and three events that form verified logs', () => {
  const commits = noopCommits(recipes, 'test', 3, 1, 'as-committed');
  expect(commits.map(({ entries }) => entries.length)).toEqual([4, 3, 4, 3, 4, 3]);
  for (const { ref } of commits) {
    const own = commits.filter((commit) => commit.ref.id === ref.id);
    const verifier = new LogVerifier(ref);
    for (const row of own.flatMap(({ entries }) => entries)) {
      expect(verifier.add(parseStoredEvent(row))).toBeUndefined();
    }
    expect(verifier.position.sequence).toBe(7);
    expect(own.at(-1)?.head).toBe(verifier.head);
  }
});

it('puts one event into a commit when asked to, and commits of a life apart', () => {
  const commits = noopCommits(recipes, 'test', 10, 14, 'one-per-commit');
  expect(commits).toHaveLength(70);
  expect(commits.every(({ entries }) => entries.length === 1)).toBe(true);
  const first = commits[0]?.ref.id;
  const places = commits.flatMap(({ ref }, index) => (ref.id === first ? [index] : []));
  expect(places).toHaveLength(7);
  expect(commits.filter(({ ref }) => ref.id === first).map(({ from }) => from)).toEqual([
    0, 1, 2, 3, 4, 5, 6,
  ]);
});
