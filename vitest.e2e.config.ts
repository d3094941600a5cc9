import {defineConfig} from 'vitest/config';

/** The window in a real browser against a real host; one file at a time, each program with its own data folder:
 * a browser, a host and a virtual bench together need both cores of a small machine. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    globalSetup: ['test/e2e/global-setup.ts'],
    testTimeout: 240_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});
