import { expect, it } from 'vitest';
import { daprFlags } from './dapr-flags.ts';

it('writes one flag per value and leaves out what is undefined', () => {
  const flags = {
    port: 1,
    'enable-metrics': false,
    'resources-path': ['a', 'b'],
    config: undefined,
  };
  expect(daprFlags(flags)).toEqual([
    '--port=1',
    '--enable-metrics=false',
    '--resources-path=a',
    '--resources-path=b',
  ]);
});
