// `npm run test:electron`: the tests of the window once more, in Electron. Where Electron's program is missing this
// fails and says so: an absent check must not look like a passed one.
import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {programPath} from './test.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'node_modules', 'electron');
const pathFile = join(folder, 'path.txt');
const program = existsSync(pathFile)
  ? join(folder, 'dist', readFileSync(pathFile, 'utf8').trim())
  : undefined;

if (program === undefined || !existsSync(program)) {
  process.stderr.write(
    "test:electron: Electron's program is not on this computer (the package is, its binary is fetched separately), so nothing was tested. " +
      'With internet access run `npm start -- --fetch-electron`, then this command again.\n',
  );
  process.exit(1);
}

const run = (args, env = {}) => {
  const {status} = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: {...process.env, ...env},
  });
  if (status !== 0) process.exit(status ?? 1);
};
run([join(root, 'tools', 'build-app.mjs')]);
run([programPath('vitest'), 'run', '--config', 'vitest.e2e.config.ts'], {D2NN_BENCH_E2E_ELECTRON: program});
