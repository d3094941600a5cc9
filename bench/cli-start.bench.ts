/** What it costs to start the command line for an answer that needs no work: CPU, not time, so that load does not count. */
import {spawnSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import type {BenchResult} from './figures.ts';

const runCount = 9;
const program = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
/** Prints user and system time of the process, and how many modules it has loaded, at its end. */
const counting = `
  import {registerHooks} from 'node:module';
  let moduleCount = 0;
  registerHooks({load: (url, context, next) => (moduleCount++, next(url, context))});
  process.on('exit', () => {
    const {user, system} = process.cpuUsage();
    process.stderr.write('\\n' + JSON.stringify({cpuS: (user + system) / 1e6, moduleCount}));
  });
`;

function measure(args: readonly string[]): {readonly cpuS: number; readonly moduleCount: number} {
  const {stderr} = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(counting)}`, program, ...args],
    {encoding: 'utf8'},
  );
  return JSON.parse(stderr.split('\n').at(-1) ?? '') as {cpuS: number; moduleCount: number};
}

export function run(): BenchResult[] {
  const calls = [
    {what: '--help', args: ['--help']},
    {what: 'a usage error', args: ['scan', '--no-such-option']},
  ];
  return calls.map(({what, args}) => {
    const runs = Array.from({length: runCount}, () => measure(args)).sort((a, b) => a.cpuS - b.cpuS);
    const {cpuS, moduleCount} = runs[(runCount - 1) / 2];
    return {
      name: `command line, ${what}: CPU of the process, median of ${runCount} (target at most 0.25 s)`,
      figures: {cpuS, worstCpuS: runs[runCount - 1].cpuS, moduleCount},
    };
  });
}
