import {join} from 'node:path';
import {hostArguments, type RunState} from '../contract/host-process.ts';
import {guardApp, guardContents, guardSession} from './guards.ts';
import {HostLink} from './host-link.ts';
import {menuEntries, stopAccelerator} from './menu.ts';
import {createPageHandler} from './page-files.ts';
import {servePageRequests} from './page-requests.ts';
import {QuitFlow} from './quit.ts';
import {RotatingLog} from './rotating-log.ts';
import {readShellArguments} from './shell-arguments.ts';
import type {ShellParts} from './shell-parts.ts';
import {BoundsFile} from './window-bounds.ts';
import {WindowKeeper} from './windows.ts';

/** Longest time for a safe end before the host is killed, ms: more than the host's own limits together. */
const defaultShutDownLimitMs = 45_000;

export interface Shell {
  readonly link: HostLink;
  readonly windows: WindowKeeper;
  readonly quit: QuitFlow;
}

/**
 * Runs the shell: one instance, windows, menu, the host process and the way out. Resolves when the first window is
 * open, or with undefined when another instance has been brought to the front instead.
 */
export async function runShell(
  parts: ShellParts,
  {shutDownLimitMs = defaultShutDownLimitMs}: {readonly shutDownLimitMs?: number} = {},
): Promise<Shell | undefined> {
  const {app} = parts;
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return undefined;
  }
  const log = new RotatingLog(app.getPath('logs'));
  const onDenied = (what: string): void => log.write('shell', `denied ${what}`);
  guardApp(app, onDenied);
  app.on('web-contents-created', (_event, contents) =>
    guardContents(contents, {onDenied, onExternal: (url) => void askAboutLink(parts, url)}),
  );
  await app.whenReady();
  guardSession(parts.session, {isPackaged: app.isPackaged, onDenied});
  parts.servePage(createPageHandler(join(parts.programFolder, 'dist', 'renderer')));

  const shell = composeShell(parts, log, shutDownLimitMs);
  shell.link.start();
  await shell.windows.open();
  return shell;
}

function composeShell(parts: ShellParts, log: RotatingLog, shutDownLimitMs: number): Shell {
  const {app, programFolder} = parts;
  const options = readShellArguments(parts.argv, parts.env['INIT_CWD'] ?? process.cwd());
  const entry = join(programFolder, 'dist', 'node', 'src', 'host', 'index.js');
  const powerSave = createPowerSave(parts);
  const link: HostLink = new HostLink({
    fork: () => parts.forkHost(entry, hostArguments(options), parts.env),
    log,
    onReady: () => windows.givePorts(),
    onState: (state) => windows.sendState(state),
    onRun: powerSave,
    onLost: (sentence) => void askAboutLostHost(parts, {link, log, quit, sentence}),
    onEnded: () => void quit.end('a window ended the program'),
  });
  const bounds = new BoundsFile(app.getPath('userData'), (error) =>
    log.write('shell', `window.json: ${String(error)}`),
  );
  const stop = (by: string): void => void stopEverything(parts, link, by);
  const windows: WindowKeeper = new WindowKeeper({
    parts,
    link,
    bounds,
    preload: join(programFolder, 'dist', 'preload', 'preload.cjs'),
    log,
    // On macOS a program lives on without windows, and so does its run.
    mayCloseLast: () => {
      if (quit.isOver || parts.platform === 'darwin') return true;
      void quit.ask();
      return false;
    },
    onStop: stop,
  });
  const quit: QuitFlow = new QuitFlow({
    parts,
    link,
    log,
    shutDownLimitMs,
    onEnd: async () => {
      parts.unregisterGlobalShortcuts();
      await bounds.flush();
      windows.destroyAll();
    },
  });
  servePageRequests({parts, link, windows, log});
  onSystemEvents(parts, {link, windows, quit});
  const hasGlobalStop = parts.registerGlobalShortcut(stopAccelerator, () => stop('the global key'));
  parts.setMenu(
    menuEntries(
      {
        newWindow: () => void windows.open(),
        stop: () => stop('the menu'),
        quit: () => void quit.ask(),
        reload: () => windows.all.at(-1)?.webContents.reload(),
        send: (command) => windows.sendCommand(command),
        openLog: () => void parts.openPath(log.path),
      },
      {platform: parts.platform, isPackaged: app.isPackaged, hasGlobalStop},
    ),
  );
  return {link, windows, quit};
}

function onSystemEvents(parts: ShellParts, {windows, quit}: Shell): void {
  const {app} = parts;
  app.on('second-instance', () => void windows.focus());
  app.on('activate', () => void windows.focus());
  // Kept, so that Electron does not quit by itself: the way out is the quit flow.
  app.on('window-all-closed', () => {
    if (parts.platform !== 'darwin') void quit.ask();
  });
  app.on('before-quit', (event) => {
    if (quit.isOver) return;
    event.preventDefault();
    void quit.ask();
  });
  parts.onSystemShutdown((event) => {
    if (quit.isOver) return;
    event.preventDefault();
    void quit.end('the machine goes down');
  });
  parts.onSignal('SIGINT', () => void quit.ask());
  for (const signal of ['SIGTERM', 'SIGHUP'] as const)
    parts.onSignal(signal, () => void quit.end(`told to end by ${signal}`));
}

/** The machine must not go to sleep under a live run. */
function createPowerSave({powerSave}: ShellParts): (run: RunState | undefined) => void {
  let blocker: number | undefined;
  return (run) => {
    if (run?.isLive) blocker ??= powerSave.start('prevent-app-suspension');
    else if (blocker !== undefined) {
      powerSave.stop(blocker);
      blocker = undefined;
    }
  };
}

async function stopEverything(parts: ShellParts, link: HostLink, by: string): Promise<void> {
  const problems = await link.halt(by);
  if (problems?.length === 0) return;
  await parts.showMessage({
    type: 'error',
    title: 'd2nn-bench',
    message: problems ? 'Not everything stopped.' : 'The host does not answer STOP.',
    detail:
      problems?.join('\n') ?? 'Switch the source off and stop the stages at the instruments themselves.',
    buttons: ['Close'],
    defaultId: 0,
    cancelId: 0,
  });
}

async function askAboutLink(parts: ShellParts, url: string): Promise<void> {
  const choice = await parts.showMessage({
    type: 'question',
    title: 'd2nn-bench',
    message: `Open ${new URL(url).hostname} in the browser?`,
    detail: url,
    buttons: ['Open in the browser', 'Stay here'],
    defaultId: 0,
    cancelId: 1,
  });
  if (choice === 0) await parts.openExternal(url);
}

async function askAboutLostHost(
  parts: ShellParts,
  {link, log, quit, sentence}: {link: HostLink; log: RotatingLog; quit: QuitFlow; sentence: string},
): Promise<void> {
  const choice = await parts.showMessage({
    type: 'error',
    title: 'd2nn-bench',
    message: 'The host has ended, so nothing can be measured now.',
    detail: `${sentence}\nWhat it said is in ${log.path}.`,
    buttons: ['Start the host again', 'Quit'],
    defaultId: 0,
    cancelId: 0,
  });
  if (choice === 0) link.start();
  else await quit.ask();
}
