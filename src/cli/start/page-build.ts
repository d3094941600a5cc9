import {spawn} from 'node:child_process';
import {existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {hasStamp, stampOf} from './build-stamp.ts';

const sources = ['src/renderer', 'src/contract', 'src/base', 'vite.config.ts', 'package-lock.json'];
const stampName = '.build-stamp';

/** What came of making sure that the window's page is built. */
export interface PageBuild {
  readonly isBuilt: boolean;
  /** Output of the build when it failed. */
  readonly problem: string;
}

/**
 * Makes sure that dist/renderer is there and is what the sources say. It is built beside its place and moved there
 * whole, so that a start that is interrupted, or two at once, never leave a part of a page.
 */
export async function ensurePage(root: string, say: (text: string) => void): Promise<PageBuild> {
  const folder = join(root, 'dist', 'renderer');
  const stamp = stampOf(root, sources);
  if (existsSync(join(folder, 'index.html')) && hasStamp(join(folder, stampName), stamp))
    return {isBuilt: true, problem: ''};
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  if (!existsSync(vite)) return {isBuilt: false, problem: 'vite is not installed; run: npm ci'};
  say('building the window ...');
  removeLeftovers(join(root, 'dist'));
  const fresh = join(root, 'dist', `renderer.new-${process.pid}`);
  try {
    const args = [vite, 'build', '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'];
    // Whatever environment it is started from, a test's too: libraries behave otherwise in a page built for tests.
    const env = {...process.env, NODE_ENV: 'production', NO_COLOR: '1'};
    const {code, output} = await runQuietly(args, root, {env});
    if (code !== 0 || !existsSync(join(fresh, 'index.html')))
      return {isBuilt: false, problem: withoutStack(output)};
    writeFileSync(join(fresh, stampName), stamp);
    rmSync(folder, {recursive: true, force: true});
    renameSync(fresh, folder);
    return {isBuilt: true, problem: ''};
  } catch (error) {
    return {isBuilt: false, problem: error instanceof Error ? error.message : String(error)};
  } finally {
    rmSync(fresh, {recursive: true, force: true});
  }
}

/** A build's complaint without the bundler's own whereabouts. */
const withoutStack = (output: string): string =>
  output
    .split('\n')
    .filter((line) => !/^\s+at /.test(line))
    .join('\n')
    .trim();

/** Takes away what builds have left that were killed: another start may be building right now, so only old ones. */
function removeLeftovers(dist: string): void {
  if (!existsSync(dist)) return;
  for (const name of readdirSync(dist).filter((entry) => entry.startsWith('renderer.new-')))
    if (Date.now() - statSync(join(dist, name)).mtimeMs > 600_000)
      rmSync(join(dist, name), {recursive: true, force: true});
}

/** Runs a program on this Node and resolves with its exit code and all that it said. */
export function runQuietly(
  args: readonly string[],
  cwd: string,
  {timeoutMs, env = process.env}: {readonly timeoutMs?: number; readonly env?: NodeJS.ProcessEnv} = {},
): Promise<{readonly code: number | null; readonly output: string}> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(process.execPath, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(timeoutMs === undefined ? {} : {timeout: timeoutMs, killSignal: 'SIGKILL'}),
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-20_000)));
    child.once('error', (error) => resolve({code: null, output: output + error.message}));
    child.once('close', (code) => resolve({code, output}));
  });
}
