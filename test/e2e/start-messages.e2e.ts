import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createServer, type AddressInfo} from 'node:net';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {findElectron} from '../../src/cli/start/electron-program.ts';
import {electronProgram, root} from './app.ts';

interface Said {
  readonly out: () => string;
  readonly err: () => string;
  readonly code: Promise<number | null>;
}

/** Runs `npm start` with a data folder of its own, without a display. */
function runStart(args: readonly string[]): Said {
  const folder = mkdtempSync(join(tmpdir(), 'd2nn-bench-window-'));
  const env: NodeJS.ProcessEnv = {...process.env};
  delete env['DISPLAY'];
  delete env['WAYLAND_DISPLAY'];
  const child = spawn(process.execPath, [join(root, 'tools/run.mjs'), '@start', '--data', folder, ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = once(child, 'close').then(([exitCode]: (number | null)[]) => exitCode ?? null);
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await code;
    rmSync(folder, {recursive: true, force: true});
  });
  return {out: () => out, err: () => err, code};
}

const oneLink = /^d2nn-bench is at http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{20,}\n$/;

// In the shell there is no launcher that could say anything.
describe.skipIf(electronProgram !== undefined)('what npm start says', () => {
  test('only the link on stdout; and why there is no window of its own, where there is none', async () => {
    const start = runStart(['--virtual']);
    await expect.poll(start.out).toMatch(oneLink);
    const electron = await findElectron(root, {fetches: false, say: () => undefined});
    if (electron.path === undefined) {
      expect(start.err()).toContain(`because Electron is missing: ${electron.reason}`);
      expect(start.err()).toContain('npm start -- --fetch-electron');
    }
    await expect
      .poll(start.err)
      .toContain(
        'There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set). Open the address above',
      );
    expect(start.out()).toMatch(oneLink);
  });

  test('that the port is taken, and by what to help oneself', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const {port} = server.address() as AddressInfo;
    const start = runStart(['--no-open', '--port', String(port)]);
    expect(await start.code).toBe(1);
    expect(start.err()).toContain(`port ${port} is in use by another program`);
    expect(start.out()).toBe('');
  });
});
