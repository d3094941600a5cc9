import {readFile, realpath} from 'node:fs/promises';
import {extname, join, sep} from 'node:path';
import {pageContentTypes, pageHeaders} from '../contract/window-security.ts';
import {pageOrigin, pageScheme} from './channels.ts';

/** Answers requests of the page with the files of one folder, and with nothing from anywhere else. */
export function createPageHandler(
  folder: string,
): (request: {readonly url: string; readonly method: string}) => Promise<Response> {
  return async ({url, method}) => {
    if (method !== 'GET' && method !== 'HEAD') return refuse(405, 'Only GET is answered here.');
    const path = pathIn(folder, url);
    const contentType = path === undefined ? undefined : pageContentTypes[extname(path)];
    if (path === undefined || contentType === undefined) return refuse(404, 'There is no such file.');
    const content = await readInside(folder, path);
    if (!content) return refuse(404, 'There is no such file.');
    // A copy with a plain ArrayBuffer, which is what a Response takes.
    return new Response(method === 'HEAD' ? null : new Uint8Array(content), {
      headers: {...pageHeaders, 'Content-Type': contentType},
    });
  };
}

const refuse = (status: number, text: string): Response =>
  new Response(text, {status, headers: {...pageHeaders, 'Content-Type': 'text/plain; charset=utf-8'}});

function pathIn(folder: string, url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const {protocol, host, pathname} = new URL(url);
  if (protocol !== `${pageScheme}:` || `${pageScheme}://${host}` !== pageOrigin) return undefined;
  const relative = decode(pathname);
  // A URL's own dots are resolved by its parser; these would be hidden ones, drive letters, or streams of NTFS.
  if (relative === undefined || /[\\:\0]|(^|\/)\.{1,2}(\/|$)/.test(relative)) return undefined;
  return join(folder, relative === '/' ? 'index.html' : relative);
}

function decode(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return undefined; // not encoded properly: no file has such a name
  }
}

/** A link that leads out of the folder is not followed. */
async function readInside(folder: string, path: string): Promise<Buffer | undefined> {
  try {
    const [top, file] = await Promise.all([realpath(folder), realpath(path)]);
    return file.startsWith(top + sep) ? await readFile(file) : undefined;
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
