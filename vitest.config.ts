import { defineConfig } from 'vitest/config';

const resolve = { conditions: ['maestro-source', 'node'] };
const ssr = { resolve: { conditions: ['maestro-source', 'node'] } };
/** A machine that is busy takes longer; what never comes true fails all the same. */
const expect = { poll: { timeout: 10_000 } };
const exclude = ['**/node_modules/**', '**/dist/**', '**/.maestro/**'];

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          include: ['**/src/**/*.test.ts', 'docs/**/*.test.ts'],
          exclude,
          expect,
          testTimeout: 20_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'contract',
          include: ['**/test/**/*.contract.test.ts'],
          exclude,
          expect,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'e2e',
          include: ['**/test/**/*.e2e.test.ts'],
          exclude,
          expect,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
