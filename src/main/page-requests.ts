import {realpath} from 'node:fs/promises';
import {basename, extname, sep} from 'node:path';
import {channels, isPageUrl} from './channels.ts';
import type {HostLink} from './host-link.ts';
import type {RotatingLog} from './rotating-log.ts';
import type {IpcSender, ShellParts} from './shell-parts.ts';
import {writeWholeFile} from './whole-file.ts';
import type {WindowKeeper} from './windows.ts';

/** Kinds of files in the data folder that a page may have opened: nothing that the system would run. */
const openedKinds: ReadonlySet<string> = new Set(['.html', '.png', '.svg', '.pdf', '.csv', '.json', '.txt']);
/** Longest file that a page may save, bytes. */
const longestSave = 1_000_000_000;

interface PageRequestOptions {
  readonly parts: ShellParts;
  readonly link: HostLink;
  readonly windows: WindowKeeper;
  readonly log: RotatingLog;
}

/** Answers what pages ask of the shell. Only the main frame of the page itself is heard. */
export function servePageRequests({parts, link, windows, log}: PageRequestOptions): void {
  const isOurs = (event: IpcSender, what: string): boolean => {
    const {senderFrame: frame} = event;
    const isAccepted = frame !== null && frame.parent === null && isPageUrl(frame.url);
    if (!isAccepted) log.write('shell', `refused ${what} from ${frame?.url ?? 'a frame that is gone'}`);
    return isAccepted;
  };
  parts.onIpc(channels.requestPort, (event) => {
    if (isOurs(event, 'a port')) windows.askForPort(event.sender);
  });
  parts.onIpc(channels.askHostState, (event) => {
    if (isOurs(event, 'the state')) event.sender.send(channels.hostState, link.state);
  });
  parts.answerIpc(channels.saveFile, async (event, name, bytes) => {
    if (!isOurs(event, 'a save') || typeof name !== 'string' || !(bytes instanceof Uint8Array)) return null;
    if (bytes.length > longestSave) throw new RangeError('The file is too large to be saved from a window.');
    const path = await parts.showSaveDialog(plainName(name), windows.windowOf(event.sender));
    if (path === undefined) return null;
    await writeWholeFile(path, bytes);
    return path;
  });
  parts.answerIpc(channels.openDataFile, async (event, path) => {
    if (!isOurs(event, 'a file') || typeof path !== 'string') return 'This page may not open files.';
    const file = await fileInside(link.dataFolder, path);
    if (file === undefined) return `${basename(path)} is no report or picture in the data folder.`;
    return (await parts.openPath(file)) || null;
  });
}

/** A file name without folders and without what a file system refuses. */
export function plainName(name: string): string {
  const plain = name.replace(/[\u0000-\u001f<>:"/\\|?*]+/g, '-').replace(/^[.\s]+|[.\s]+$/g, '');
  return plain.slice(0, 120) || 'd2nn-bench';
}

async function fileInside(folder: string | undefined, path: string): Promise<string | undefined> {
  if (folder === undefined || !openedKinds.has(extname(path).toLowerCase())) return undefined;
  try {
    const [top, file] = await Promise.all([realpath(folder), realpath(path)]);
    return file.startsWith(top + sep) && openedKinds.has(extname(file).toLowerCase()) ? file : undefined;
  } catch {
    return undefined; // no such file
  }
}
