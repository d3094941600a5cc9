import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {expect, test} from 'vitest';
import {root} from './run-cli.ts';

/** Tells on its last line of stderr which modules were loaded, packages among them. */
const counting = `
  import {registerHooks} from 'node:module';
  const loaded = [];
  registerHooks({load: (url, context, next) => (loaded.push(url), next(url, context))});
  process.on('exit', () => process.stderr.write('\\n' + JSON.stringify(loaded)));
`;

function loadedBy(...args: string[]): {readonly code: number | null; readonly modules: string[]} {
  const hook = `data:text/javascript,${encodeURIComponent(counting)}`;
  const {status, stderr} = spawnSync(
    process.execPath,
    ['--import', hook, join(root, 'src/cli/main.ts'), ...args],
    {encoding: 'utf8', env: {...process.env, NO_COLOR: '1'}},
  );
  const modules = JSON.parse(stderr.split('\n').at(-1) ?? '') as string[];
  return {code: status, modules: modules.filter((url) => url.startsWith('file:'))};
}

/** The options of every command, commander, and what prints: no command's work, no host, no schema. */
const mostModules = 90;
const isOfWork = (url: string): boolean =>
  url.startsWith(pathToFileURL(join(root, 'src/host/')).href) ||
  /node_modules\/(zod|@orpc|yaml|@tensorflow)\//.test(url);

test.each([
  ['help', ['--help'], 0],
  ['help of a command', ['align', '--help'], 0],
  ['a usage error', ['scan', '--no-such-option'], 2],
  ['a command that is none', ['no-such-command'], 2],
])('%s loads the options of the commands and nothing of their work', (_what, args, expected) => {
  const {code, modules} = loadedBy(...args);
  expect(code).toBe(expected);
  expect(modules.filter(isOfWork)).toEqual([]);
  expect(modules.length).toBeGreaterThan(10);
  expect(modules.length).toBeLessThanOrEqual(mostModules);
});
