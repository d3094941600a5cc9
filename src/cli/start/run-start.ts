import {randomBytes} from 'node:crypto';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {
  hostEnvironment,
  type FromHost,
  type HostOptions,
  type HostTokens,
} from '../../contract/host-process.ts';
import {findElectron} from './electron-program.ts';
import {hasDisplay, openInBrowser} from './open-browser.ts';
import {ensurePage} from './page-build.ts';
import {runInElectron} from './run-electron.ts';
import {parseStartOptions, startUsage, StartUsageError, type StartOptions} from './start-options.ts';
import {HostSupervisor} from './supervise-host.ts';

/** Where the launcher works; tests put a host of their own in. */
export interface StartPlace {
  readonly root: string;
  readonly hostEntry: string;
  readonly env: NodeJS.ProcessEnv;
  readonly shutDownLimitMs?: number;
}

const say = (text: string): void => void process.stderr.write(`d2nn-bench: ${text}\n`);
const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** What `npm start` runs. Resolves with the exit code: 0 after a safe end, 1 after trouble, 2 for a wrong command line. */
export async function runStart(argv: readonly string[], place: StartPlace): Promise<number> {
  let options: StartOptions;
  try {
    options = parseStartOptions(argv, place.env['INIT_CWD'] ?? process.cwd());
  } catch (error) {
    if (!(error instanceof StartUsageError)) throw error;
    say(`${error.message} Nothing was started; npm start -- --help lists the options.`);
    return 2;
  }
  if (options.wantsHelp) return (print(startUsage.trimEnd()), 0);
  const {root} = place;
  if (options.isPrepareOnly) return sayPage(await ensurePage(root, say)) ? 0 : 1;
  const env = {
    ...place.env,
    ...(options.dataFolder === undefined ? {} : {[hostEnvironment.data]: options.dataFolder}),
  };

  if (!options.usesBrowser || options.fetchesElectron) {
    const electron = await findElectron(root, {fetches: options.fetchesElectron, say});
    if (electron.path === undefined) {
      say(`no window of its own, because Electron is missing: ${electron.reason}.`);
      say('using the browser instead (to try again: npm start -- --fetch-electron).');
    } else if (!options.usesBrowser && hasDisplay(env)) {
      const code = await runInElectron(electron.path, {root, env, options: options.host, say});
      if (code !== undefined) return code;
      say('using the browser instead.');
    }
  }
  return await runWithBrowser(options, {...place, env});
}

function sayPage({isBuilt, problem}: {readonly isBuilt: boolean; readonly problem: string}): boolean {
  if (!isBuilt) say(`the window could not be built, so a browser would find nothing to show: ${problem}`);
  return isBuilt;
}

async function runWithBrowser(options: StartOptions, place: StartPlace): Promise<number> {
  const {root, env, hostEntry, shutDownLimitMs} = place;
  const {httpPort = 0} = options.host;
  if (httpPort !== 0 && !(await isFree(httpPort))) {
    say(
      `port ${httpPort} is in use by another program (perhaps another d2nn-bench). Nothing was started; ` +
        'end that program, or give another --port, or none for any free one.',
    );
    return 1;
  }
  const tokens = tokensFrom(env);
  // After the host has been started, which takes longer.
  const page = Promise.resolve().then(() => ensurePage(root, say));
  const supervisor = new HostSupervisor({
    entry: hostEntry,
    options: options.host satisfies HostOptions,
    tokens,
    env,
    say,
    onReady: (ready, isFirst) => void page.then((build) => welcome(build.isBuilt, ready, isFirst)),
    ...(shutDownLimitMs === undefined ? {} : {shutDownLimitMs}),
  });
  const welcome = (isBuilt: boolean, ready: Extract<FromHost, {type: 'ready'}>, isFirst: boolean): void => {
    if (supervisor.isEnding) return;
    if (!isFirst) return say('the host is back; open windows go on by themselves.');
    const url = ready.urls?.admin ?? `http://127.0.0.1:${ready.port ?? httpPort}/#token=${tokens.admin}`;
    print(`d2nn-bench is at ${url}`);
    if (!isBuilt || !options.opensBrowser) return;
    void openInBrowser(url, env).then((problem) => {
      if (problem !== undefined) say(`${problem} Open the address above yourself.`);
    });
  };
  const stopListening = onSystemSignals(supervisor);
  if (!sayPage(await page)) supervisor.shutDown('the window could not be built');
  const [code, build] = [await supervisor.ended, await page];
  stopListening();
  return build.isBuilt ? code : 1;
}

function onSystemSignals(supervisor: HostSupervisor): () => void {
  const onInterrupt = (): void => supervisor.interrupt();
  const onTerminate = (signal: NodeJS.Signals): void => supervisor.shutDown(signal);
  process.on('SIGINT', onInterrupt);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, onTerminate);
  return () => {
    process.off('SIGINT', onInterrupt);
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, onTerminate);
  };
}

/** New secrets for this start; `D2NN_BENCH_TOKEN` sets the one of the scope admin, for programs that need to know it. */
function tokensFrom(env: NodeJS.ProcessEnv): HostTokens {
  const secret = (): string => randomBytes(24).toString('base64url');
  return {admin: env['D2NN_BENCH_TOKEN'] || secret(), operate: secret(), read: secret()};
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The place of this program, from the file that starts it. */
export const startPlaceAt = (root: string): StartPlace => ({
  root,
  hostEntry: join(root, 'src', 'host', 'index.ts'),
  env: process.env,
});
