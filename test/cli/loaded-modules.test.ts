import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {expect, test} from 'vitest';
import {root} from './run-cli.ts';

/** Writes on its last line of stderr, after each command line, its exit code and the modules loaded so far. */
const counting = `
  import {registerHooks} from 'node:module';
  const loaded = [];
  registerHooks({load: (url, context, next) => (loaded.push(url), next(url, context))});
  globalThis.loadedModules = loaded;
`;

/** The real program at its first command line, the others after it in the same process. */
const entry = (commands: readonly (readonly string[])[]): string => `
  const seen = [];
  const note = (code) => seen.push({code, modules: [...globalThis.loadedModules]});
  const [first, ...others] = ${JSON.stringify(commands)};
  process.argv = [process.argv[0], ${JSON.stringify(join(root, 'src/cli/main.ts'))}, ...first];
  await import(${JSON.stringify(pathToFileURL(join(root, 'src/cli/main.ts')).href)});
  note(process.exitCode);
  const {runProgram} = await import(${JSON.stringify(pathToFileURL(join(root, 'src/cli/program.ts')).href)});
  const {stdout, stderr, stdin, env} = process;
  for (const args of others)
    note(await runProgram(args, {stdout, stderr, stdin, env, signal: new AbortController().signal}));
  process.stderr.write('\\n' + JSON.stringify(seen));
`;

interface Seen {
  readonly code: number;
  /** Packages among them; with those of the command lines before. */
  readonly modules: readonly string[];
}

function runOneAfterAnother(commands: readonly (readonly string[])[]) {
  const hook = `data:text/javascript,${encodeURIComponent(counting)}`;
  const {status, stdout, stderr} = spawnSync(
    process.execPath,
    ['--import', hook, '--input-type=module', '--eval', entry(commands)],
    {encoding: 'utf8', env: {...process.env, NO_COLOR: '1'}},
  );
  const seen = JSON.parse(stderr.split('\n').at(-1) ?? '') as Seen[];
  return {
    status,
    stdout,
    seen: seen.map(({code, modules}) => ({code, files: modules.filter((url) => url.startsWith('file:'))})),
  };
}

/** The options of every command, commander, and what prints: no command's work, no host, no schema. */
const mostModules = 94;
const isOfWork = (url: string): boolean =>
  url.startsWith(pathToFileURL(join(root, 'src/host/')).href) ||
  /node_modules\/(zod|@orpc|yaml|@tensorflow)\//.test(url);

test('help and usage errors load the options of the commands and nothing of their work', () => {
  const commands = [['--help'], ['align', '--help'], ['scan', '--no-such-option'], ['no-such-command']];
  const {status, stdout, seen} = runOneAfterAnother(commands);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Usage: d2nn-bench /);
  expect(stdout).toContain('Usage: d2nn-bench align');
  expect(seen.map(({code}) => code)).toEqual([0, 0, 2, 2]);
  for (const {files} of seen) {
    expect(files.filter(isOfWork)).toEqual([]);
    expect(files.length).toBeGreaterThan(10);
    expect(files.length).toBeLessThanOrEqual(mostModules);
  }
});

/** All of those commands together: the drivers' declarations, and what the fields of a plan are (zod alone has 95). */
const mostModulesOfValues = 332;
const isOfHost = (url: string): boolean =>
  /\/src\/host\/(store|engine|bench|bench-service|api|campaign|alignment)\//.test(url) ||
  /node_modules\/(@orpc|yaml|better-sqlite3|serialport|@serialport|@tensorflow)\//.test(url);

test('a wrong value, plan or instrument is refused without a host, its ports and its database', () => {
  const port = ['--port', '/dev/x'];
  const commands = [
    ['stage', 'move', '--driver', 'grbl', ...port, '--x-mm', 'abc'],
    ['stage', 'move'],
    ['stage', 'move', '--x-mm', '1'],
    ['stage', 'where', '--driver', 'sr830', ...port],
    ['detector', 'read'],
    ['mount', 'move', '--plate', '2'],
    ['instrument', 'probe', ...port],
    ['instrument', 'probe', '--driver', 'sr830', '--port', 'GPIB0::8::INSTR'],
    ['instrument', 'set', '--driver', 'sr830', ...port, 'nonsense'],
    ['campaign', '--set-right', '--keep-settings'],
    ['align', '--data', 'x', '--session', 'y'],
    ['align', 'plan', '--model-error', '2'],
    ['halt'],
    ['scan', '--plan', 'regions'],
    ['instrument', 'probe', '--driver', 'sr860', ...port],
    ['scan', '--plan', 'nonsense'],
    ['scan', '--plan', 'grid'],
    ['scan', '--plan', '{"plan":"grit"}'],
    ['align', '--scan', 'nonsense'],
    ['align', '--correct', '--mounts', '--scan', 'line'],
  ];
  const {seen} = runOneAfterAnother(commands);
  expect(seen.map(({code}) => code)).toEqual([...Array<number>(14).fill(2), ...Array<number>(6).fill(1)]);
  // Those of all of them together.
  expect(seen.at(-1)?.files.filter(isOfHost)).toEqual([]);
  expect(seen.at(-1)?.files.length).toBeLessThanOrEqual(mostModulesOfValues);
});
