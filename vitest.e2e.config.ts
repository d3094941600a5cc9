import {availableParallelism} from 'node:os';
import {defineConfig} from 'vitest/config';
import {BaseSequencer, type TestSpecification} from 'vitest/node';
import {compileCache} from './tools/compile-cache.mjs';

/** Files that take longest come first, so that none of them begins when everything else is done. */
const longFiles = /align|control|first-start|number-fields|pages|shown/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({moduleId}: TestSpecification): number => (longFiles.test(moduleId) ? 0 : 1);
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

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
    sequence: {sequencer: LongestFirst},
    // A worker keeps its browser and what it has loaded from file to file.
    isolate: false,
    // One more than cores: much of a scenario is waiting.
    maxWorkers: Math.max(2, Math.min(4, availableParallelism() + 1)),
  },
});
