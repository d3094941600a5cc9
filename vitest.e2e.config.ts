import {availableParallelism} from 'node:os';
import {defineConfig} from 'vitest/config';
import {compileCache} from './tools/compile-cache.mjs';

/**
 * The window in a real browser against a real host, each program with its own data folder; a few
 * files at a time.
 */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    globalSetup: ['test/e2e/global-setup.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: {poll: {timeout: 240_000}},
    env: compileCache,
    pool: 'forks',
    // A worker keeps its browser and what it has loaded from file to file.
    isolate: false,
    // One more than cores: much of a scenario is waiting.
    maxWorkers: Math.max(2, Math.min(4, availableParallelism() + 1)),
  },
});
