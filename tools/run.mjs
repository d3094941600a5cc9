#!/usr/bin/env node
// The front door of every npm script. It needs nothing installed: it installs what the lock file names when
// that has not been done, then runs the asked-for program on the pinned Node from node_modules, whatever
// Node started it. It writes to stderr only, so that a program's stdout stays its own.
import {createHash} from 'node:crypto';
import {spawn, spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {compileCache} from './compile-cache.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const pinnedNode = join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);
const stampFile = join(root, 'node_modules', '.d2nn-bench-installed');
const lockFolder = join(root, '.installing');

const programs = {
  start: ['src/cli/start.ts'],
  demo: ['src/cli/main.ts', 'campaign'],
  cli: ['src/cli/main.ts'],
  test: ['tools/test.mjs'],
  'test-quick': ['tools/test-quick.mjs'],
  'test-electron': ['tools/test-electron.mjs'],
  'test-crash': ['test/crash/matrix.ts'],
  'test-faults': ['test/faults/matrix.ts'],
  soak: ['test/soak/soak.ts'],
  bench: ['bench/run.ts'],
  'build-kernel': ['tools/build-kernel.mjs'],
  'build-app': ['tools/build-app.mjs'],
  dist: ['tools/dist.mjs'],
  'check-package': ['tools/check-package.mjs'],
  screenshots: ['tools/screenshots.ts'],
  counts: ['tools/counts.mjs'],
  types: ['tools/types.mjs'],
  licences: ['tools/licences.mjs'],
  audit: ['tools/audit.mjs'],
};

const say = (text) => process.stderr.write(`${text}\n`);
const wantedStamp = () =>
  `${createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')} ${process.platform}-${process.arch}\n`;
const isInstalled = () =>
  existsSync(pinnedNode) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wantedStamp();

function install() {
  try {
    mkdirSync(lockFolder);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    waitForOtherInstall();
    if (isInstalled()) return;
    mkdirSync(lockFolder, {recursive: true});
  }
  try {
    say('d2nn-bench: first start here: installing the packages named in package-lock.json (npm ci) ...');
    const startedMs = Date.now();
    const npm = process.env.npm_execpath;
    const args = ['ci', '--loglevel=error', '--no-audit', '--no-fund'];
    const how = {cwd: root, stdio: ['ignore', 2, 2], env: {...process.env, NODE_ENV: 'development'}};
    const done = npm?.endsWith('js')
      ? spawnSync(process.execPath, [npm, ...args], how)
      : spawnSync('npm', args, {...how, shell: process.platform === 'win32'});
    if (done.status !== 0 || !existsSync(pinnedNode)) {
      say(
        'd2nn-bench: installing failed (see above). Nothing was started. ' +
          'Check that npm reaches a registry (npm ping), then run the same command again.',
      );
      process.exit(1);
    }
    writeFileSync(stampFile, wantedStamp());
    preparePage();
    say(`d2nn-bench: installed in ${Math.round((Date.now() - startedMs) / 1000)} s.`);
  } finally {
    rmSync(lockFolder, {recursive: true, force: true});
  }
}

/** Builds the window's page, so that the first start need not. A failure is said again, in full, when it is needed. */
function preparePage() {
  const done = spawnSync(
    pinnedNode,
    ['--disable-warning=ExperimentalWarning', join(root, 'src', 'cli', 'start.ts'), '--prepare'],
    {cwd: root, stdio: ['ignore', 2, 2]},
  );
  if (done.status !== 0) say('d2nn-bench: the window is not built yet; the next start tries again.');
}

/** Waits while another process installs; a lock older than ten minutes is left over and is taken away. */
function waitForOtherInstall() {
  say('d2nn-bench: another start is installing; waiting for it ...');
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (existsSync(lockFolder)) {
    if (Date.now() - statSync(lockFolder).mtimeMs > 600_000)
      rmSync(lockFolder, {recursive: true, force: true});
    Atomics.wait(pause, 0, 0, 500);
  }
}

/** Our parent and, where it can be seen, its parent: npm starts a shell that starts us and outlives a killed npm. */
function ancestors() {
  const parent = process.ppid;
  if (process.platform !== 'linux' || process.env.npm_lifecycle_event === undefined) return `${parent}`;
  try {
    // /proc/PID/stat: "pid (name) state ppid ..."; the name may hold anything, so count from its last bracket.
    const stat = readFileSync(`/proc/${parent}/stat`, 'utf8');
    return `${parent} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]}`;
  } catch {
    return `${parent} gone`;
  }
}

function run([entry, ...leading], rest) {
  const child = spawn(
    pinnedNode,
    ['--disable-warning=ExperimentalWarning', join(root, entry), ...leading, ...rest],
    {
      stdio: 'inherit',
      // What Node makes of the TypeScript files is kept: it is half of what a short command costs.
      env: {...compileCache, ...process.env, D2NN_BENCH_ROOT: root},
    },
  );
  child.on('error', (error) => {
    say(
      `d2nn-bench: cannot start ${pinnedNode}: ${error.message}. Delete node_modules and run the same command again.`,
    );
    process.exit(1);
  });
  // A terminal's Ctrl-C reaches the child by itself; this process stays until the child has cleaned up.
  process.on('SIGINT', () => {});
  for (const name of ['SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
  // If whoever started us is killed, the bench must still be made safe: pass the loss on as SIGTERM.
  const started = ancestors();
  const watch = setInterval(() => {
    if (ancestors() !== started) child.kill('SIGTERM');
  }, 500);
  child.on('exit', (code, signal) => {
    clearInterval(watch);
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exitCode = code ?? 1;
  });
}

// npm scripts name a program as @name; anything else is a command line for the installed `d2nn-bench`.
const [first = '', ...rest] = process.argv.slice(2);
const program = first.startsWith('@') ? programs[first.slice(1)] : undefined;
if (!isInstalled()) install();
if (program) run(program, rest);
else run(programs.cli, process.argv.slice(2));
