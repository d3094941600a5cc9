/** Entry of the Electron app: the only file beside the preload that knows Electron's module. */
import {fileURLToPath} from 'node:url';
import {
  app,
  BrowserWindow,
  dialog,
  globalShortcut,
  ipcMain,
  Menu,
  MessageChannelMain,
  nativeTheme,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  screen,
  session,
  shell,
  utilityProcess,
  type MenuItemConstructorOptions,
  type MessagePortMain,
} from 'electron';
import {programRootUrl} from '../base/module-url.ts';
import {pageScheme} from './channels.ts';
import type {ShellParts, ShellWindow} from './shell-parts.ts';
import {runShell} from './shell.ts';

protocol.registerSchemesAsPrivileged([
  {scheme: pageScheme, privileges: {standard: true, secure: true, supportFetchAPI: true}},
]);

const browserWindowOf = (window: ShellWindow | undefined): BrowserWindow | undefined =>
  (window && BrowserWindow.fromId(window.id)) ?? undefined;

const parts: ShellParts = {
  platform: process.platform,
  argv: process.argv.slice(1),
  env: process.env,
  programFolder: fileURLToPath(programRootUrl(import.meta.url)),
  app,
  createWindow: (options) => new BrowserWindow(options),
  forkHost: (entry, args, env) => {
    const child = utilityProcess.fork(entry, [...args], {
      serviceName: 'd2nn-bench host',
      stdio: 'pipe',
      env: {...env},
    });
    return {
      get pid() {
        return child.pid;
      },
      stdout: child.stdout,
      stderr: child.stderr,
      postMessage: (message, transfer) =>
        child.postMessage(message, transfer as MessagePortMain[] | undefined),
      kill: () => child.kill(),
      onMessage: (listener) => void child.on('message', listener),
      onExit: (listener) => void child.on('exit', listener),
    };
  },
  createChannel: () => new MessageChannelMain(),
  setMenu: (entries) =>
    Menu.setApplicationMenu(Menu.buildFromTemplate([...entries] as MenuItemConstructorOptions[])),
  showMessage: async (box, over) => {
    const window = browserWindowOf(over);
    const {response} = await (window ? dialog.showMessageBox(window, box) : dialog.showMessageBox(box));
    return response;
  },
  showSaveDialog: async (defaultPath, over) => {
    const window = browserWindowOf(over);
    const {canceled, filePath} = await (window
      ? dialog.showSaveDialog(window, {defaultPath})
      : dialog.showSaveDialog({defaultPath}));
    return canceled || filePath === '' ? undefined : filePath;
  },
  powerSave: powerSaveBlocker,
  session: {
    setPermissionRequestHandler: (handler) => session.defaultSession.setPermissionRequestHandler(handler),
    setPermissionCheckHandler: (handler) => session.defaultSession.setPermissionCheckHandler(handler),
    setDevicePermissionHandler: (handler) => session.defaultSession.setDevicePermissionHandler(handler),
    onBeforeRequest: (listener) => session.defaultSession.webRequest.onBeforeRequest(listener),
    onDownload: (listener) =>
      void session.defaultSession.on('will-download', (event, item) => listener(event, item.getURL())),
  },
  servePage: (handler) => protocol.handle(pageScheme, handler),
  openExternal: (url) => shell.openExternal(url),
  openPath: (path) => shell.openPath(path),
  isDark: () => nativeTheme.shouldUseDarkColors,
  workAreas: () => {
    const primary = screen.getPrimaryDisplay();
    const others = screen.getAllDisplays().filter(({id}) => id !== primary.id);
    return [primary, ...others].map(({workArea}) => workArea);
  },
  registerGlobalShortcut: (accelerator, listener) => globalShortcut.register(accelerator, listener),
  unregisterGlobalShortcuts: () => globalShortcut.unregisterAll(),
  // Windows asks windows, not programs; there the closing window starts the quit flow.
  onSystemShutdown: (listener) => void powerMonitor.on('shutdown', listener as () => void),
  onSignal: (signal, listener) => void process.on(signal, listener),
  onIpc: (channel, listener) => void ipcMain.on(channel, listener),
  answerIpc: (channel, answer) => ipcMain.handle(channel, answer),
};

// Not awaited: Electron waits for this module before it says that it is ready.
runShell(parts).catch((error: unknown) => {
  dialog.showErrorBox(
    'd2nn-bench could not start',
    error instanceof Error ? (error.stack ?? '') : String(error),
  );
  app.exit(1);
});
