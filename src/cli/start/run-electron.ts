import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {hostArguments, type HostOptions} from '../../contract/host-process.ts';
import {runQuietly} from './page-build.ts';

/** A window that ends with an error sooner than this has not come up at all, ms. */
const startTroubleMs = 10_000;

export interface ElectronStart {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly options: HostOptions;
  readonly say: (text: string) => void;
}

/**
 * Runs the app in Electron. Resolves with its exit code, or with undefined when it could not come up here (no build,
 * missing system libraries, a sandbox that the system refuses), which has been said.
 */
export async function runInElectron(
  program: string,
  {root, env, options, say}: ElectronStart,
): Promise<number | undefined> {
  const builder = join(root, 'tools', 'build-app.mjs');
  const build = await runQuietly([builder, '--if-stale'], root);
  if (build.code !== 0 || !existsSync(join(root, 'dist', 'node', 'src', 'main', 'index.js'))) {
    say(`the app could not be built for Electron: ${build.output.trim()}`);
    return undefined;
  }
  const startedMs = performance.now();
  const child = spawn(program, [root, ...hostArguments({...options, httpPort: undefined})], {
    cwd: root,
    env,
    // Its stdout is Chromium's chatter; ours stays empty.
    stdio: ['ignore', 2, 2],
  });
  // Ctrl-C reaches it by itself and it asks its operator; the other signals are passed on.
  const onInterrupt = (): void => undefined;
  const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGINT', onInterrupt);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, passOn);
  try {
    const {code, problem} = await new Promise<{code: number | null; problem: string}>((resolve) => {
      child.once('error', (error) => resolve({code: null, problem: error.message}));
      child.once('exit', (exitCode, signal) =>
        resolve({code: exitCode, problem: signal ?? `exit code ${exitCode}`}),
      );
    });
    if (code === 0) return 0;
    if (performance.now() - startedMs > startTroubleMs) {
      say(`the window ended with an error (${problem}).`);
      return code ?? 1;
    }
    say(`Electron did not come up here (${problem}); what it said is above.`);
    return undefined;
  } finally {
    process.off('SIGINT', onInterrupt);
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, passOn);
  }
}
