import { defineConfig } from 'vitest/config';

const resolve = { conditions: ['maestro-source', 'node'] };
const ssr = { resolve: { conditions: ['maestro-source', 'node'] } };
const exclude = ['**/node_modules/**', '**/dist/**', '**/.maestro/**'];

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        resolve,
        ssr,
        test: { name: 'unit', include: ['**/src/**/*.test.ts', 'docs/**/*.test.ts'], exclude },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'contract',
          include: ['**/test/**/*.contract.test.ts'],
          exclude,
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
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
