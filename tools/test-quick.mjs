// What `npm run test:quick` runs, for work in progress: static checks of the files that changed and the tests nearest to
// them, as many as a minute and a half allows; those that are left to `npm test` are counted, and so is the window in a
// browser. `npm run test:quick -- REVISION` names what is compared with; the last commit by default, and the one before
// it when nothing has changed since.
import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {
  countResults,
  endWithSignals,
  layersGate,
  programPath,
  report,
  runGates,
  runTests,
  typeGates,
} from './test.mjs';
import {chooseTests, distancesFrom, isTest, readDurations, readImporters} from './touched-tests.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const say = (text) => process.stdout.write(`${text}\n`);
const git = (...args) =>
  execFileSync('git', args, {cwd: root, encoding: 'utf8'})
    .split('\n')
    .filter((line) => line !== '');

/** Files that differ from `revision`, and new ones that git does not know yet; without those that are gone. */
export function changedFiles(revision) {
  const files = [
    ...git('diff', '--name-only', '--diff-filter=d', revision),
    ...git('ls-files', '--others', '--exclude-standard'),
  ];
  return [...new Set(files)].filter((file) => existsSync(join(root, file)));
}

/** For tests, seconds of each core: the rest of 90 s is for the static checks beside them. */
const secondsOfCore = 30;

/** Which files each type check is for; all others are in the first. */
const typedBy = {
  'tsconfig.json': () => true,
  'tsconfig.pure.json': (file) => /^(src\/(base|contract|twin)|drivers)\//.test(file),
  'src/renderer/tsconfig.json': (file) => /^src\/(renderer|base|contract)\//.test(file),
  'test/renderer/tsconfig.json': (file) => /^(src|test)\/renderer\//.test(file),
};

/** The gates that judge these files. */
export function gatesFor(files) {
  const code = files.filter((file) => /\.(ts|tsx|mjs|cjs|js)$/.test(file));
  const typed = code.filter((file) => /\.tsx?$/.test(file));
  const types = typeGates().filter(({args}) => typed.some(typedBy[args.at(-1)] ?? (() => true)));
  const lint = {
    name: 'lint (oxlint)',
    args: [programPath('oxlint'), '--no-error-on-unmatched-pattern', ...code],
  };
  return [
    ...(code.length > 0 ? [lint] : []),
    ...types,
    ...(typed.length > 0 ? [layersGate()] : []),
    {
      name: 'format (oxfmt)',
      args: [programPath('oxfmt'), '--check', '--no-error-on-unmatched-pattern', ...files],
    },
  ];
}

async function main([given]) {
  const revision = given ?? (changedFiles('HEAD').length > 0 ? 'HEAD' : 'HEAD~1');
  const files = changedFiles(revision);
  say(`${files.length} files differ from ${revision}.`);
  if (files.length === 0) return 0;
  const children = new Set();
  endWithSignals(children);
  const checked = runGates(gatesFor(files), {children, onResult: report});
  const {chosen, left, seconds} = chooseTests(distancesFrom(files, readImporters()), {
    budgetS: secondsOfCore * availableParallelism(),
    durations: readDurations(),
  });
  say(`${chosen.length} test files nearest to the change, about ${Math.round(seconds)} s of one core.`);
  const runs =
    chosen.length === 0
      ? []
      : [await runTests('tests nearest to the change (vitest)', 'vitest.config.ts', children, chosen)];
  const {passed, failed} = countResults(await checked, runs);
  if (left.length > 0) say(`Left to npm test: ${left.length} test files farther from the change.`);
  if (files.some((file) => /^(src|test\/e2e)\//.test(file) && !isTest(file)))
    say('Left to npm test: the window in a browser.');
  say(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = await main(process.argv.slice(2));
