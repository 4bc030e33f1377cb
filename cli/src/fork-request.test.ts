import type { ContinuationView } from '@maestro/client';
import { expect, it } from 'vitest';
import { forkRequestFrom, type ForkOptions } from './fork-request.ts';

/** Whoever is forked. */
const client = {
  get: async (): Promise<ContinuationView> =>
    ({ goal: { parameters: { signal: 'go', keep: [1] } } }) as unknown as ContinuationView,
};

function requestFrom(options: Partial<ForkOptions>): ReturnType<typeof forkRequestFrom> {
  return forkRequestFrom('id', { count: 1, ...options }, client, new AbortController().signal);
}

it('asks for one plain copy unless told otherwise', async () => {
  expect(await requestFrom({})).toEqual({ children: [{}] });
});

it('asks for as many as wanted, all alike', async () => {
  expect(await requestFrom({ from: 4, count: 2, objective: 'b', budget: 0.5 })).toEqual({
    from: 4,
    children: [
      { objective: 'b', budget: { capUsd: 0.5 } },
      { objective: 'b', budget: { capUsd: 0.5 } },
    ],
  });
});

it('changes the parameters that are named, and leaves the others as they are', async () => {
  expect(await requestFrom({ param: { signal: 'stop' } })).toEqual({
    children: [{ parameters: { signal: 'stop', keep: [1] } }],
  });
});
