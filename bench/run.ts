/** `npm run bench [NAME ...]`: prints the figures of each benchmark. Nothing here is a test; targets are in the names. */
import {cpus, loadavg} from 'node:os';
import {printResults, type BenchResult} from './figures.ts';

const benchmarks: Readonly<
  Record<string, () => Promise<{run: () => BenchResult[] | Promise<BenchResult[]>}>>
> = {
  propagation: () => import('./propagation.bench.ts'),
  training: () => import('./training/training.bench.ts'),
  'thick-steps': () => import('./training/thick-steps.bench.ts'),
  'crossed-reliefs': () => import('./crossed-reliefs.bench.ts'),
  engine: () => import('./engine.bench.ts'),
  store: () => import('./store.bench.ts'),
  durability: () => import('./durability.bench.ts'),
  'cli-start': () => import('./cli-start.bench.ts'),
  scan: () => import('./scan.bench.ts'),
  stop: () => import('./stop.bench.ts'),
  hold: () => import('./hold.bench.ts'),
  watch: () => import('./watch.bench.ts'),
  campaign: () => import('./campaign.bench.ts'),
  alignment: () => import('./alignment/alignment.bench.ts'),
  staged: () => import('./alignment/staged.bench.ts'),
  match: () => import('./alignment/match.bench.ts'),
  heights: () => import('./alignment/heights.bench.ts'),
  calibrate: () => import('./alignment/calibrate.bench.ts'),
  verdict: () => import('./verdict.bench.ts'),
  start: () => import('./window/start.bench.ts'),
  'heat-map': () => import('./window/heat-map.bench.ts'),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(benchmarks, name));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(', ')}; there are ${Object.keys(benchmarks).join(', ')}.`,
  );
  process.exit(2);
}
console.log(
  `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.version}, load ${loadavg()[0].toFixed(2)}`,
);
for (const [name, load] of Object.entries(benchmarks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  printResults(await (await load()).run());
}
