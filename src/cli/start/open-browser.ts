import {spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';

/** Time in which the browser has to come for the address, ms. */
const doorOpenMs = 60_000;

/**
 * Opens the system's browser on the address. Resolves with undefined, or with a sentence why not. The address holds a
 * token, and a command line can be read by every user of the machine: the browser gets another address that works
 * once and leads to the true one.
 */
export async function openInBrowser(
  url: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  if (!hasDisplay(env)) return 'There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set).';
  const door = await openDoorTo(url);
  const problem = await startOpener(door.url, env);
  if (problem !== undefined) door.close();
  return problem;
}

export const hasDisplay = (env: NodeJS.ProcessEnv): boolean =>
  process.platform === 'win32' ||
  process.platform === 'darwin' ||
  Boolean(env['DISPLAY']) ||
  Boolean(env['WAYLAND_DISPLAY']);

/** An address on this machine that leads to `url` the first time it is asked for, and then is gone. */
export async function openDoorTo(url: string): Promise<{readonly url: string; close(): void}> {
  const path = `/${randomBytes(24).toString('hex')}`;
  const server = createServer((request, response) => {
    const isRight = request.url === path && request.method === 'GET';
    response.writeHead(isRight ? 302 : 404, {
      ...(isRight ? {Location: url} : {}),
      'Cache-Control': 'no-store',
      Connection: 'close',
    });
    response.end();
    if (isRight) close();
  });
  const timer = setTimeout(() => close(), doorOpenMs);
  const close = (): void => {
    clearTimeout(timer);
    server.close();
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  timer.unref();
  server.unref();
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, close};
}

function startOpener(url: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const [program, ...args] = openerOf(url);
  return new Promise((resolve) => {
    const child = spawn(program, args, {stdio: 'ignore', detached: true, env});
    // Some openers stay as long as the browser: one that has not failed by now has done its work.
    const timer = setTimeout(() => resolve(undefined), 3000);
    timer.unref();
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve(`${program} cannot be started: ${error.message}.`);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code === 0 ? undefined : `${program} could not open a browser (it ended with ${code}).`);
    });
    child.unref();
  });
}

function openerOf(url: string): [program: string, ...args: string[]] {
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  return process.platform === 'darwin' ? ['open', url] : ['xdg-open', url];
}
