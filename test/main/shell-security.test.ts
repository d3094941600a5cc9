import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {contentSecurityPolicy} from '../../src/contract/window-security.ts';
import {channels, pageUrl} from '../../src/main/channels.ts';
import {runShell} from '../../src/main/shell.ts';
import {createFakeElectron, fakeEvent, obligingHost, until, type FakeElectron} from './fake-electron.ts';

async function startShell(settings: Parameters<typeof createFakeElectron>[0] = {}): Promise<FakeElectron> {
  const electron = createFakeElectron({script: obligingHost(), ...settings});
  await runShell(electron.parts);
  return electron;
}

test('opens its windows isolated, sandboxed and without Node', async () => {
  const {windows} = await startShell();
  expect(windows[0]?.url).toBe(pageUrl);
  expect(windows[0]?.options).toMatchObject({minWidth: 400, show: false});
  expect(windows[0]?.options.webPreferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    devTools: false,
  });
  const development = await startShell({isPackaged: false});
  expect(development.windows[0]?.options.webPreferences.devTools).toBe(true);
});

const wrongUrls = [
  'https://example.com/',
  'http://127.0.0.1:8080/',
  'file:///etc/passwd',
  'app://other/index.html',
  'app://bench/other.html',
  'app://bench.example.com/index.html',
  'javascript:alert(1)',
  'data:text/html,hello',
  'blob:app://bench/1234',
  'about:blank',
  'chrome://settings',
  'no address at all',
];

test.each(['will-navigate', 'will-redirect'] as const)('denies %s to anywhere but the page', async (name) => {
  const {windows} = await startShell();
  for (const url of wrongUrls) {
    const event = fakeEvent(url);
    windows[0]?.webContents.emit(name, event);
    expect([url, event.isPrevented]).toEqual([url, true]);
  }
  const reload = fakeEvent(`${pageUrl}#/scan`);
  windows[0]?.webContents.emit('will-navigate', reload);
  expect(reload.isPrevented).toBe(false);
});

test('keeps frames to what the page has made itself', async () => {
  const {windows} = await startShell();
  for (const url of wrongUrls) {
    const event = fakeEvent(url);
    windows[0]?.webContents.emit('will-frame-navigate', event);
    expect([url, event.isPrevented]).toEqual([url, !url.startsWith('blob:app://bench/')]);
  }
});

test('denies every new window and webview; an allowed web page opens in the browser after asking', async () => {
  const electron = await startShell();
  const contents = electron.windows[0]?.webContents;
  for (const url of [
    ...wrongUrls,
    'https://github.com.example.com/',
    'https://a:b@github.com/',
    'http://github.com/',
  ])
    expect(contents?.openHandler?.({url})).toEqual({action: 'deny'});
  expect(electron.boxes).toEqual([]);
  const webview = fakeEvent();
  contents?.emit('will-attach-webview', webview);
  expect(webview.isPrevented).toBe(true);

  electron.choices.push(1, 0);
  for (const page of ['a', 'b'])
    expect(contents?.openHandler?.({url: `https://github.com/${page}`})).toEqual({action: 'deny'});
  await until(() => electron.opened.length === 1);
  expect(electron.opened).toEqual(['https://github.com/b']);
  expect(electron.boxes[0]?.detail).toBe('https://github.com/a');
});

test('grants no permission, device, certificate, login or foreign request', async () => {
  const {session, app} = await startShell();
  for (const permission of [
    'media',
    'geolocation',
    'serial',
    'usb',
    'notifications',
    'clipboard-read',
    'fullscreen',
  ])
    session.permission?.({}, permission, (isGranted) =>
      expect([permission, isGranted]).toEqual([permission, false]),
    );
  expect([session.check?.(), session.device?.()]).toEqual([false, false]);
  const event = fakeEvent();
  let trusted: boolean | undefined;
  app.emit(
    'certificate-error',
    event,
    {},
    'https://x',
    'CERT_INVALID',
    {},
    (answer: boolean) => (trusted = answer),
  );
  expect([event.isPrevented, trusted]).toEqual([true, false]);
  const login = fakeEvent();
  app.emit('login', login);
  expect(login.isPrevented).toBe(true);

  const isCancelled = (url: string): boolean | undefined => {
    let cancel: boolean | undefined;
    session.request?.({url}, (response) => (cancel = response.cancel));
    return cancel;
  };
  for (const url of [
    'https://example.com/x',
    'http://127.0.0.1/',
    'ws://127.0.0.1/',
    'devtools://x',
    'file:///a',
  ])
    expect([url, isCancelled(url)]).toEqual([url, true]);
  for (const url of [pageUrl, 'blob:app://bench/1', 'data:image/png;base64,'])
    expect([url, isCancelled(url)]).toEqual([url, false]);
  const download = fakeEvent();
  session.download?.(download, 'https://example.com/x.exe');
  expect(download.isPrevented).toBe(true);
});

test('serves the files of the page with its policy, and nothing else', async () => {
  const electron = await startShell();
  const folder = join(electron.folder, 'dist', 'renderer');
  mkdirSync(join(folder, 'assets'), {recursive: true});
  writeFileSync(join(folder, 'index.html'), '<title>page</title>');
  writeFileSync(join(folder, 'assets', 'a b.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), 'no kind of file that a page has');
  writeFileSync(join(electron.folder, 'dist', 'outside.js'), 'secret');
  symlinkSync(join(electron.folder, 'dist', 'outside.js'), join(folder, 'link.js'));
  const get = (url: string, method = 'GET') => electron.page()({url, method});

  const page = await get('app://bench/index.html');
  expect(page.status).toBe(200);
  const headers: Record<string, string> = {};
  page.headers.forEach((value, name) => (headers[name] = value));
  expect(headers).toMatchObject({
    'content-security-policy': contentSecurityPolicy,
    'content-type': 'text/html; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect(await page.text()).toBe('<title>page</title>');
  expect((await get('app://bench/')).status).toBe(200);
  const script = await get('app://bench/assets/a%20b.js');
  expect([script.status, script.headers.get('content-type')]).toEqual([
    200,
    'text/javascript; charset=utf-8',
  ]);

  for (const url of [
    'app://bench/../outside.js',
    'app://bench/%2e%2e/outside.js',
    'app://bench/..%2foutside.js',
    'app://bench/..%5coutside.js',
    'app://bench/assets/..%2f..%2foutside.js',
    'app://bench/link.js',
    'app://bench/secret.txt',
    'app://bench/index.html%00.js',
    'app://bench/C:/windows/x.js',
    'app://bench/missing.js',
    'app://bench/assets',
    'app://bench/%E0%A4%A.js',
    'app://other/index.html',
    'file:///etc/hosts',
  ])
    expect([url, (await get(url)).status]).toEqual([url, 404]);
  expect((await get('app://bench/index.html', 'POST')).status).toBe(405);
});

test('hears only the main frame of the page', async () => {
  const electron = await startShell();
  const contents = electron.windows[0].webContents;
  await until(() => electron.hosts[0]?.heard !== undefined);
  const frames = [{url: 'https://example.com/', parent: null}, {url: pageUrl, parent: {}}, null];
  for (const senderFrame of frames) {
    await electron.ipcFrom(channels.requestPort, {sender: contents, senderFrame});
    const saved = await electron.ipcFrom(
      channels.saveFile,
      {sender: contents, senderFrame},
      'a',
      new Uint8Array(1),
    );
    expect(saved).toBeNull();
  }
  expect(contents.ports).toEqual([]);
});
