import {defineConfig} from 'vitest/config';

/** The window in a real browser against a real host: one file after the other, each with its own data folder. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
