import {createReadStream} from 'node:fs';
import {realpath, stat} from 'node:fs/promises';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {extname, join, resolve, sep} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {pageContentTypes, pageHeaders} from '../../../contract/window-security.ts';
import {sendProblem} from './problem.ts';

/** Vite names these by their content, so that one name never means two things. */
const hashedAsset = /^\/assets\/.+-[\w-]{8}\.\w+$/;

/**
 * Serves the built page below `folder` and nothing else: no file outside it, also by way of links; no kind of file that
 * a build does not make; no listing.
 */
export async function servePage(
  folder: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    sendProblem(
      response,
      {status: 405, code: 'api/method-not-allowed', detail: 'The page can only be fetched (GET, HEAD).'},
      {Allow: 'GET, HEAD'},
    );
    return;
  }
  const wanted = path === '/' ? '/index.html' : path;
  const file = await findFile(folder, wanted);
  if (!file) {
    const isUnbuilt = wanted === '/index.html';
    sendProblem(response, {
      status: isUnbuilt ? 503 : 404,
      code: 'api/not-found',
      detail: isUnbuilt
        ? 'The page has not been built: run "npm start", or "vite build" in the program\'s folder. The API under /api/v1 works without it.'
        : 'There is no such file in the page. Its address is /, its parts are found from there.',
    });
    return;
  }
  response.writeHead(200, {
    ...pageHeaders,
    'Content-Type': file.type,
    'Content-Length': String(file.size),
    'Cache-Control': hashedAsset.test(wanted) ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  await pipeline(createReadStream(file.path), response);
}

/** The file that a path of an address names, if it may be served. */
async function findFile(
  folder: string,
  path: string,
): Promise<{path: string; type: string; size: number} | undefined> {
  const decoded = decodePath(path);
  if (decoded === undefined) return undefined;
  const type = pageContentTypes[extname(decoded)];
  const full = resolve(join(folder, decoded));
  if (type === undefined || !full.startsWith(resolve(folder) + sep)) return undefined;
  try {
    const real = await realpath(full);
    if (!real.startsWith((await realpath(folder)) + sep)) return undefined;
    const found = await stat(real);
    return found.isFile() ? {path: real, type, size: found.size} : undefined;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return undefined;
    throw error;
  }
}

/** Undefined for what no build names: malformed escapes, NUL, backslash, a step up, a hidden file, a drive. */
function decodePath(path: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
  return /[\0\\:%]|(^|\/)\./.test(decoded) ? undefined : decoded;
}
