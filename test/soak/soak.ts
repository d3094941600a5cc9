/**
 * `npm run soak [-- --points N --reconnects N --minutes N]`: measures a simulated week through a real host, with cables that are pulled,
 * STOP, and readers that are slow or vanish, and writes what the host held meanwhile into docs/reliability.md.
 */
import {readFileSync, writeFileSync} from 'node:fs';
import {cpus, loadavg, totalmem} from 'node:os';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {durationText} from '../../src/base/duration-text.ts';
import {numberFrom} from '../../src/base/number-text.ts';
import {drawSoak} from './draw-soak.ts';
import {runSoak} from './run-soak.ts';
import {growthOf, quantileOf, stopLimitMs, type SoakOutcome, type SoakSample} from './soak-plan.ts';

const page = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
const picture = fileURLToPath(new URL('../../docs/images/soak.svg', import.meta.url));
const [begin, end] = ['<!-- soak: made by npm run soak -->', '<!-- end of the soak -->'];

const {values} = parseArgs({
  options: {points: {type: 'string'}, reconnects: {type: 'string'}, minutes: {type: 'string'}},
});
const pointCount = countFrom('--points', values.points ?? '10e6');
const reconnectCount = countFrom('--reconnects', values.reconnects ?? String(Math.ceil(pointCount / 1000)));
const longestS = values.minutes === undefined ? undefined : 60 * countFrom('--minutes', values.minutes);

function countFrom(option: string, text: string): number {
  const count = numberFrom(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  console.error(`${option} must be a whole number above 0, not ${text}. Nothing was started.`);
  process.exit(2);
}

const thousands = (count: number): string => count.toLocaleString('en-GB');
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
const ms = (value: number): string => (Number.isFinite(value) ? value.toFixed(value < 10 ? 1 : 0) : '');
const handleCount = ({resources}: SoakSample): number =>
  Object.values(resources).reduce((sum, count) => sum + count, 0);

/** What has grown, and a STOP that is too slow; empty when all holds. */
function verdictOn({samples, problems}: SoakOutcome): string[] {
  const watched = [
    {name: 'memory in use, MB', of: (one: SoakSample) => one.heapBytes / 1e6, allowed: 5, allowedRatio: 0.05},
    {
      name: 'resident memory, MB',
      of: (one: SoakSample) => one.residentBytes / 1e6,
      allowed: 20,
      allowedRatio: 0.1,
    },
    {name: 'open files', of: (one: SoakSample) => one.fileCount, allowed: 2, allowedRatio: 0},
    {name: 'handles', of: handleCount, allowed: 2, allowedRatio: 0},
  ];
  const grown = watched.flatMap(({name, of, ...limits}) => {
    const growth = growthOf(samples, of, limits);
    return growth ? [`${name} grew from ${growth.before.toFixed(1)} to ${growth.after.toFixed(1)}`] : [];
  });
  const stopMs = quantileOf(
    samples.flatMap((sample) => sample.stopMs),
    0.99,
  );
  return [...problems, ...grown, ...(stopMs > stopLimitMs ? [`99 % of STOP took ${ms(stopMs)} ms`] : [])];
}

const rowOf = (sample: SoakSample): string =>
  `| ${thousands(sample.points)} | ${thousands(sample.reconnects)} | ${sample.pointsPerS.toFixed(0)} | ${megabytes(sample.heapBytes)} | ${megabytes(sample.residentBytes)} | ${sample.fileCount} | ${handleCount(sample)} | ${ms(quantileOf(sample.stopMs, 0.5))} | ${ms(Math.max(...sample.stopMs))} |`;

function textOf(outcome: SoakOutcome, verdict: readonly string[]): string {
  const {samples, counts, sentMs, realS, benchS, databaseBytes} = outcome;
  const stopMs = samples.flatMap((sample) => sample.stopMs);
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}, Node ${process.version}, load ${loadavg()[0].toFixed(1)}`;
  return [
    begin,
    '',
    `${thousands(counts.points)} points in ${thousands(counts.scans)} scans, ${durationText(benchS)} of bench time in ${durationText(realS)}; ${thousands(counts.reconnects)} times an instrument connected again (${thousands(counts.cutScans)} with the cable pulled out of a running scan; ${thousands(counts.pressesAgain)} times asked for twice); ${thousands(counts.vanishedReaders)} readers that vanished, ${thousands(counts.slowAnswers)} answers to slow ones; database ${megabytes(databaseBytes)} MB. ${new Date().toISOString().slice(0, 10)}, ${machine}.`,
    '',
    `STOP, ${thousands(stopMs.length)} presses in mid-scan: its bytes on the wire of the stage within ${ms(quantileOf(sentMs, 0.99))} ms of its call (99 %), everything proven safe, run closed and answered within ${ms(quantileOf(stopMs, 0.99))} ms of the press (99 %; median ${ms(quantileOf(stopMs, 0.5))}, slowest ${ms(Math.max(...stopMs))}).`,
    '',
    verdict.length === 0
      ? 'Nothing lost, nothing doubled, nothing grown.'
      : `**Not as it has to be:** ${verdict.slice(0, 20).join('; ')}.`,
    '',
    '![What the host held over the soak, and how fast STOP was](images/soak.svg)',
    '',
    '| points | connected again | points a second | memory in use, MB | resident, MB | open files | handles | STOP, median, ms | STOP, slowest, ms |',
    '| --: | --: | --: | --: | --: | --: | --: | --: | --: |',
    ...samples.map(rowOf),
    '',
    end,
  ].join('\n');
}

function writeOutcome(outcome: SoakOutcome, verdict: readonly string[]): void {
  const old = readFileSync(page, 'utf8');
  const [from, to] = [old.indexOf(begin), old.indexOf(end)];
  if (from < 0 || to < 0) throw new Error(`${page} has no place for the soak.`);
  writeFileSync(page, old.slice(0, from) + textOf(outcome, verdict) + old.slice(to + end.length));
  writeFileSync(picture, drawSoak(outcome.samples, `${thousands(outcome.counts.points)} points, one host`));
}

const outcome = await runSoak(
  {pointCount, reconnectCount, longestS, sideCount: 25, sampleCount: 20, speed: 1000},
  (sample) => {
    const left = Math.min(
      (sample.realS / sample.points) * (pointCount - sample.points),
      (longestS ?? Infinity) - sample.realS,
    );
    console.log(`${durationText(Math.max(0, left))} left ${rowOf(sample)}`);
  },
);
const verdict = verdictOn(outcome);
writeOutcome(outcome, verdict);
console.log(textOf(outcome, verdict));
process.exitCode = verdict.length === 0 ? 0 : 1;
