// What `npm test` runs: every gate of the repository on the pinned Node. The static gates run beside the tests with
// the time that these leave. All gates run even when one fails, each is named and timed, and the last line counts
// them: `N passed, N failed` (tests and gates together).
import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {constants, setPriority, tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {keepDurations} from './touched-tests.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Path of a package's program, so that it runs on this very Node without a shell or a `.cmd` wrapper. */
export function programPath(packageName, programName = packageName) {
  const folder = join(root, 'node_modules', packageName);
  const {bin} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[programName]);
}

/** Gates write to a pipe, so the choice of colours is made here, for the terminal that shows their output. */
function colourEnvironment() {
  const environment = {...process.env};
  delete environment.FORCE_COLOR;
  delete environment.NO_COLOR;
  const colour =
    process.stdout.isTTY && process.env.NO_COLOR === undefined ? {FORCE_COLOR: '1'} : {NO_COLOR: '1'};
  return {...environment, ...colour};
}

/**
 * Runs one gate and resolves with its result; never rejects. `args` go to this Node. A gate whose `needs` file
 * is missing fails: an absent check must not look like a passed one. `isLowPriority`: it takes what others leave.
 */
export function runGate({name, args, needs, isLive = false, isLowPriority = false}, children = new Set()) {
  const startedMs = Date.now();
  const resultFrom = (isPassed, output) => ({
    name,
    isPassed,
    output,
    seconds: (Date.now() - startedMs) / 1000,
  });
  if (needs !== undefined && !existsSync(join(root, needs)))
    return Promise.resolve(resultFrom(false, `${needs} is missing, so this gate cannot run.\n`));
  return new Promise((done) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', isLive ? 'inherit' : 'pipe', isLive ? 'inherit' : 'pipe'],
      env: colourEnvironment(),
    });
    children.add(child);
    if (isLowPriority) yieldToOthers(child.pid);
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    const finish = (isPassed, note = '') => {
      children.delete(child);
      done(resultFrom(isPassed, Buffer.concat(chunks).toString('utf8') + note));
    };
    child.on('error', (error) => finish(false, `cannot start: ${error.message}\n`));
    child.on('close', (code, signal) => finish(code === 0, signal ? `ended by ${signal}\n` : ''));
  });
}

/** Only an order of who is served first: where it cannot be set, the gate is as fast or slow as everything else. */
function yieldToOthers(pid) {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch (error) {
    say(`(the static gates run at normal priority: ${error.message})`);
  }
}

/** Runs gates, `limit` at a time, in order; reports each as soon as it ends. */
export async function runGates(gates, {limit = 1, children, onResult = () => {}} = {}) {
  const results = [];
  const waiting = [...gates.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, gate] = next;
      results[index] = await runGate(gate, children);
      onResult(results[index]);
    }
  };
  await Promise.all(Array.from({length: Math.max(1, limit)}, worker));
  return results;
}

/** Reads the counts out of Vitest's JSON report; undefined when there is none (the run broke before its end). */
export function readTestReport(text) {
  try {
    const report = JSON.parse(text);
    const passed = report.numPassedTests;
    const failed = report.numFailedTests;
    if (!Number.isInteger(passed) || !Number.isInteger(failed)) return undefined;
    const skipped = (report.testResults ?? []).flatMap((file) =>
      (file.assertionResults ?? [])
        .filter(({status}) => !['passed', 'failed'].includes(status))
        .map(({fullName, status}) => `${status}: ${fullName}`),
    );
    return {passed, failed, skipped};
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Counts tests and gates. `testRuns` are the runs of Vitest, each with its gate's result and its report. A run counts
 * through its tests; it counts as one failure more only when it failed without a failed test (a file that does not
 * load, an error outside any test, no report).
 */
export function countResults(gateResults, testRuns) {
  let passed = gateResults.filter(({isPassed}) => isPassed).length;
  let failed = gateResults.length - passed;
  for (const {result, report} of testRuns) {
    passed += report?.passed ?? 0;
    failed += report?.failed ?? 0;
    const hasFailedOtherwise = !result.isPassed && (report?.failed ?? 0) === 0;
    if (hasFailedOtherwise || report === undefined) failed += 1;
  }
  return {passed, failed};
}

const browserGate = {
  name: 'a browser for the window',
  args: [
    '--input-type=module',
    '-e',
    "import {requireBrowser} from './tools/find-browser.mjs';" +
      'try { requireBrowser(); } catch (error) { console.error(error.message); process.exitCode = 1; }',
  ],
};

/** Types of folders that may use neither Node nor a page. */
const pureTypesGate = () => typeGate('types of the pure folders (tsc)', 'tsconfig.pure.json');

/** Type checks of the whole, each for what its folders may use; by the native compiler (docs/decisions/0025). */
export const typeGates = () => [
  typeGate('types (tsc)', 'tsconfig.json'),
  pureTypesGate(),
  typeGate('types of the window (tsc)', 'src/renderer/tsconfig.json'),
  typeGate("types of the window's tests (tsc)", 'test/renderer/tsconfig.json'),
];

const typeGate = (name, project) => ({name, args: [programPath('typescript-7', 'tsc'), '-p', project]});

export const layersGate = () => ({
  name: 'layers (dependency-cruiser)',
  args: [
    ...[programPath('dependency-cruiser', 'depcruise'), '--config', '.dependency-cruiser.cjs'],
    ...['src', 'drivers', 'test', 'bench'],
  ],
});

const staticGates = () => [
  // Rules that read types load the same projects as the compiler does: its diagnostics come with them.
  {name: 'lint and types (oxlint)', args: [programPath('oxlint'), '--type-check']},
  pureTypesGate(),
  layersGate(),
  {name: 'format (oxfmt)', args: [programPath('oxfmt'), '--check']},
  {
    name: 'kernel equals a fresh build',
    needs: 'tools/build-kernel.mjs',
    args: ['tools/build-kernel.mjs', '--check'],
  },
];

const say = (text) => process.stdout.write(`${text}\n`);

export function report({name, isPassed, output, seconds}) {
  say(`${isPassed ? 'ok    ' : 'FAILED'}  ${name}  ${seconds.toFixed(1)} s`);
  if (!isPassed && output.trim() !== '') say(output.trimEnd());
}

/** Ends what is still running when the whole test is told to end; a gate must not outlive it. */
export function endWithSignals(children) {
  const codes = {SIGINT: 130, SIGTERM: 143, SIGHUP: 129};
  for (const [signal, code] of Object.entries(codes))
    process.on(signal, () => {
      for (const child of children) child.kill('SIGTERM');
      say(`interrupted by ${signal}; the remaining gates did not run`);
      process.exit(code);
    });
}

async function main() {
  const {devDependencies} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (process.versions.node !== devDependencies.node) {
    say(`This is Node ${process.versions.node}; the tests need ${devDependencies.node}. Run: npm test`);
    return 1;
  }
  const children = new Set();
  endWithSignals(children);
  const startedMs = Date.now();
  const gates = staticGates().map((gate) => ({...gate, isLowPriority: true}));
  say(`Node ${process.versions.node}: ${gates.length + 1} gates beside the tests.`);
  // It may have to be installed, and the tests need it.
  const [browser] = await runGates([browserGate], {children, onResult: report});
  const checked = runGates(gates, {children, onResult: report});

  const testRuns = [
    await runTests('tests (vitest)', 'vitest.config.ts', children),
    await runTests('window in a real browser (vitest)', 'vitest.e2e.config.ts', children),
  ];
  const results = [browser, ...(await checked)];

  say('');
  for (const {name, isPassed, seconds} of [...results, ...testRuns.map(({result}) => result)])
    say(`${isPassed ? 'ok    ' : 'FAILED'}  ${name.padEnd(36)} ${seconds.toFixed(1).padStart(7)} s`);
  say(`all gates together ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
  const {passed, failed} = countResults(results, testRuns);
  say(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** One run of Vitest with its counts; its progress shows as it goes. */
export async function runTests(name, config, children, options = []) {
  const folder = mkdtempSync(join(tmpdir(), 'd2nn-bench-test-'));
  const reportFile = join(folder, 'report.json');
  const args = [
    programPath('vitest'),
    'run',
    '--config',
    config,
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${reportFile}`,
    ...options,
  ];
  const [result] = await runGates([{name, args, isLive: true}], {children, onResult: report});
  const counts = existsSync(reportFile) ? readTestReport(readFileSync(reportFile, 'utf8')) : undefined;
  if (counts !== undefined) keepDurations(readFileSync(reportFile, 'utf8'));
  rmSync(folder, {recursive: true, force: true});
  if (counts === undefined) say(`${name}: no report was left; the run broke before its end.`);
  for (const skipped of counts?.skipped ?? []) say(`not run, ${skipped}`);
  return {result, report: counts};
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = await main();
