import { expect, it } from 'vitest';
import { ENVIRONMENTS } from './cel-environment.ts';
import { requiredPaths } from './required-paths.ts';
import { pathText } from './syntax.ts';

it.each([
  ['item.id == "1" && item.attributes.a > 1 && item.body != ""', 'a body'],
  ['item.attributes["b"].startsWith("x") && -item.attributes.c < size(item.attributes.d)', 'b c d'],
  ['has(item.attributes.a) || item.attributes.b == 1', ''],
  ['has(item.attributes.a) && has(item.body)', ''],
  ['!(item.attributes.a == 1 && item.attributes.b == 1)', ''],
  ['item.attributes.a ? item.attributes.b : item.attributes.c', 'a'],
  ['item.attributes.a.exists(x, x == item.attributes.b)', 'a'],
  ['"x" in [item.attributes.a, item.title]', 'a'],
])('%s needs: %s', (text, names) => {
  const paths = requiredPaths(ENVIRONMENTS.stream.parse(text).ast).map(pathText);
  expect(paths.map((path) => path.replace(/^item\.(attributes\.)?/, '')).join(' ')).toBe(names);
});
