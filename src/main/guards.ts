import {isPageUrl, pageOrigin} from './channels.ts';
import type {Cancellable, ShellApp, ShellContents, ShellSession} from './shell-parts.ts';

/** Makers of instruments and parts whose pages the program's help may name. */
const externalHosts: ReadonlySet<string> = new Set([
  'www.thinksrs.com',
  'www.keysight.com',
  'github.com',
  'www.electronjs.org',
]);

/** True for a web page that may be opened in the system's browser, after asking. */
export function isExternalUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const {protocol, hostname, port, username, password} = new URL(url);
  return (
    protocol === 'https:' && port === '' && username === '' && password === '' && externalHosts.has(hostname)
  );
}

/** What a page may load: its own files and what it has made itself. */
export const isOwnRequest = (url: string): boolean =>
  url.startsWith(`${pageOrigin}/`) || url.startsWith(`blob:${pageOrigin}/`) || url.startsWith('data:');

const isDevToolsRequest = (url: string): boolean => url.startsWith('devtools://');

/**
 * Keeps a page where it is: no navigation, no second page, no embedded browser. `onExternal` hears of a link to an
 * allowed web page, `onDenied` of everything else that was refused.
 */
export function guardContents(
  contents: ShellContents,
  {
    onExternal,
    onDenied,
  }: {readonly onExternal: (url: string) => void; readonly onDenied: (what: string) => void},
): void {
  // The page's own reload is a navigation to itself.
  contents.on('will-navigate', (details) => {
    if (isPageUrl(details.url)) return;
    details.preventDefault();
    onDenied(`navigation to ${details.url}`);
  });
  contents.on('will-redirect', (details) => {
    details.preventDefault();
    onDenied(`a redirection to ${details.url}`);
  });
  contents.on('will-frame-navigate', (details) => {
    if (isPageUrl(details.url) || details.url.startsWith(`blob:${pageOrigin}/`)) return;
    details.preventDefault();
    onDenied(`a frame's navigation to ${details.url}`);
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
    onDenied('an embedded browser');
  });
  contents.setWindowOpenHandler(({url}) => {
    if (isExternalUrl(url)) onExternal(url);
    else onDenied(`a window for ${url}`);
    return {action: 'deny'};
  });
}

/** The page gets no permission of the machine; a gamepad needs none. */
export function guardSession(
  session: ShellSession,
  {isPackaged, onDenied}: {readonly isPackaged: boolean; readonly onDenied: (what: string) => void},
): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => {
    onDenied(`the permission ${permission}`);
    answer(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.onBeforeRequest(({url}, answer) => {
    const isAllowed = isOwnRequest(url) || (!isPackaged && isDevToolsRequest(url));
    if (!isAllowed) onDenied(`a request for ${url}`);
    answer({cancel: !isAllowed});
  });
  // Files that the page has made itself may be saved; nothing is fetched from elsewhere.
  session.onDownload((event, url) => {
    if (isOwnRequest(url)) return;
    event.preventDefault();
    onDenied(`a download of ${url}`);
  });
}

/** Certificates and passwords have no place in a program that loads only its own files. */
export function guardApp(app: ShellApp, onDenied: (what: string) => void): void {
  app.on('certificate-error', (event, _contents, url, error, _certificate, answer) => {
    event.preventDefault();
    onDenied(`the certificate of ${url} (${error})`);
    answer(false);
  });
  const denyThe =
    (what: string) =>
    (event: Cancellable): void => {
      event.preventDefault();
      onDenied(what);
    };
  app.on('select-client-certificate', denyThe('a client certificate'));
  app.on('login', denyThe('a login'));
}
