// What `npm run dist` runs: builds everything, then electron-builder with the given options (--linux, --win, --mac,
// --dir, ...). Needs Electron's program, which electron-builder fetches.
import {spawn} from 'node:child_process';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {ensurePage} from '../src/cli/start/page-build.ts';
import {buildApp} from './build-app.mjs';
import {programPath} from './test.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const page = await ensurePage(root, (text) => process.stdout.write(`${text}\n`));
if (!page.isBuilt) {
  process.stderr.write(`The window's page could not be built, so nothing was packed: ${page.problem}\n`);
  process.exit(1);
}
await buildApp();
const child = spawn(
  process.execPath,
  [programPath('electron-builder'), '--publish', 'never', ...process.argv.slice(2)],
  {cwd: root, stdio: 'inherit'},
);
child.on('exit', (code) => (process.exitCode = code ?? 1));
