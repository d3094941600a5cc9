import {availableParallelism} from 'node:os';
import {compileCache} from './tools/compile-cache.mjs';
import {configDefaults, defineConfig, type TestProjectInlineConfiguration} from 'vitest/config';
import {BaseSequencer, type TestSpecification} from 'vitest/node';

/** Folders whose tests start no process, open no port and keep no state outside of themselves. */
const pure = ['base', 'contract', 'drivers', 'renderer', 'twin'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

/**
 * Files that compute or wait for a minute: scenarios, alignments, tests that let timeouts pass. They come first, so that
 * none of them begins when everything else is done.
 */
const longFiles = /scenario|align|stage-memory|other-program|bad-input|cli\/mount|host\/api\/twin/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({moduleId}: TestSpecification): number => (longFiles.test(moduleId) ? 0 : 1);
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

const project = (
  name: string,
  test: TestProjectInlineConfiguration['test'],
): TestProjectInlineConfiguration => ({extends: true, test: {name, ...test}});

/**
 * Time limits are those of a test that hangs, not of one that is slow: a machine three times slower, or busy with
 * other things, passes.
 */
export default defineConfig({
  test: {
    setupFiles: ['test/setup.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: {poll: {timeout: 120_000}},
    // Processes of its own that no test but theirs needs.
    env: {...compileCache, D2NN_BENCH_GUARD: 'off'},
    // One more than cores: some tests wait for instruments that stay silent.
    maxWorkers: availableParallelism() + 1,
    sequence: {sequencer: LongestFirst},
    // Tests keep nothing between files: a worker runs file after file with what it has loaded (0.7 s for each file of a
    // host otherwise), and a test that leaves something behind fails another.
    isolate: false,
    // What has been made of a source file is kept on the disk, by its content.
    fsModuleCache: true,
    projects: [
      project('pure', {include: pure, pool: 'threads'}),
      // Native code (ports, database) is for processes.
      project('host', {
        include: ['test/**/*.test.ts'],
        exclude: [...configDefaults.exclude, ...pure],
        pool: 'forks',
      }),
      // Pages and frame in a document without layout, on a host of canned answers (test/renderer/mock-host.ts).
      project('window', {
        include: ['test/renderer/**/*.test.tsx'],
        setupFiles: ['test/setup.ts', 'test/renderer/window-setup.ts'],
        environment: 'happy-dom',
        pool: 'threads',
      }),
    ],
  },
});
