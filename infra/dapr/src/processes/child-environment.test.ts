import { expect, it } from 'vitest';
import { inheritedEnvironment } from './child-environment.ts';

it('passes the environment on without what would change a child', () => {
  const env = {
    PATH: '/bin',
    DAPR_API_TOKEN: 'secret',
    VITEST_WORKER_ID: '1',
    NODE_ENV: 'test',
    MAESTRO_ENV: 'development',
    EMPTY: undefined,
  };
  expect(inheritedEnvironment(env)).toEqual({ PATH: '/bin', MAESTRO_ENV: 'development' });
});

it('keeps a NODE_ENV the user chose', () => {
  expect(inheritedEnvironment({ NODE_ENV: 'development' })).toEqual({ NODE_ENV: 'development' });
});
