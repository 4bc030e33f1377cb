import { expect, it } from 'vitest';
import { profileTable } from './cpu-profile.ts';

const frame = (functionName: string, url: string) => ({ functionName, url, lineNumber: 1 });

it('adds own time up by package and leaves idle time out', () => {
  const text = profileTable({
    nodes: [
      { id: 1, callFrame: frame('(idle)', '') },
      { id: 2, callFrame: frame('a', 'file:///x/node_modules/@scope/one/lib/a.js') },
      { id: 3, callFrame: frame('b', 'file:///x/node_modules/@scope/one/lib/b.js') },
      { id: 4, callFrame: frame('c', 'file:///x/core/dist/log/fold.js') },
    ],
    samples: [1, 2, 3, 4],
    timeDeltas: [90_000, 1_000, 2_000, 1_000],
  });
  expect(text).toContain('4 ms in all');
  expect(text).toContain('| @scope/one | 3 | 75.0 |');
  expect(text).toContain('| core/log/fold.js | 1 | 25.0 |');
  expect(text).not.toContain('idle');
});
