import {resolve} from 'node:path';
import {fixedText, percentText} from '../../base/number-format.ts';
import type {CalibrateOffer} from '../../contract/calibrate-offers.ts';
import type {CliContext} from '../context.ts';
import {followComputation} from '../follow-computation.ts';
import {openHostClient} from '../host-client.ts';
import type {Output, Progress} from '../output/index.ts';
import {findAsBuilt} from './calibrate-action.ts';

/** Options of `calibrate offers`. */
export interface OffersOptions {
  readonly asBuilt: string;
  readonly bench?: string;
  readonly judge: number;
  readonly learn: number;
  readonly tryingSteps: number;
  readonly seed: number;
  readonly workers?: number;
}

/** Options of `calibrate reprint`. */
export interface ReprintOptions {
  readonly asBuilt: string;
  readonly out: string;
  readonly name?: string;
  readonly bench?: string;
  readonly plate?: number;
  readonly steps: number;
  readonly tryingSteps: number;
  readonly batch: number;
  readonly rate: number;
  readonly judge: number;
  readonly trainingCount: number;
  readonly seed: number;
  readonly workers?: number;
}

const benchOf = (path: string | undefined) =>
  path === undefined ? ({kind: 'virtual'} as const) : ({kind: 'file', path: resolve(path)} as const);

/** A bar that begins with the first report. */
function barOf(output: Output, title: string) {
  let bar: Progress | undefined;
  return {
    update: (done: number, total: number, unit: string, note: string): void => {
      bar ??= output.progress(title, total, unit);
      bar.update(done, {note});
    },
    end: (): void => bar?.end(),
  };
}

/** Prints what each way of making a network work again would gain, cost and risk. */
export async function showOffers(options: OffersOptions, context: CliContext): Promise<void> {
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'look'});
  const {client} = connection;
  const {uid} = await findAsBuilt(client, options.asBuilt);
  const bar = barOf(output, 'offers');
  const {offers} = await followComputation(client, context, {
    kind: 'calibrate-offers',
    start: () =>
      client.calibrate.offers({
        asBuiltUid: uid,
        bench: benchOf(options.bench),
        judgedCount: options.judge,
        learnedCount: options.learn,
        tryingSteps: options.tryingSteps,
        seed: options.seed,
        workerCount: options.workers,
      }),
    onNote: (text) => output.log(text),
    onProgress: ({done, total, unit}, {text}) => bar.update(done, total, unit, text),
  });
  bar.end();
  const {before, designed} = offers;
  output.line(
    `As designed ${percentText(designed.ratio ?? 0)} of ${designed.count} drawn objects are read right, as built ${percentText(before.ratio ?? 0)} (${percentText(before.low)} to ${percentText(before.high)}).`,
  );
  for (const offer of offers.offers) writeOffer(output, offer, commandsOf(uid)[offer.kind]);
  output.result(offers);
}

/** What does what is offered. */
const commandsOf = (asBuiltUid: string): Readonly<Record<CalibrateOffer['kind'], string>> => ({
  'read-out': 'd2nn-bench calibrate read-out --session UID',
  move: 'd2nn-bench align --session UID --correct',
  reprint: `d2nn-bench calibrate reprint --as-built ${asBuiltUid} --out FOLDER`,
});

function writeOffer(output: Output, {kind, text, after, cost, risk}: CalibrateOffer, command: string): void {
  output.heading(kind);
  output.line(text);
  if (after)
    output.line(
      `foretold  ${percentText(after.ratio ?? 0)} right (${percentText(after.low)} to ${percentText(after.high)})`,
    );
  const {planes, measuringS, printG, printS, computingS} = cost;
  const parts = [
    `${planes} planes${measuringS === null ? '' : `, ${hours(measuringS)} of measuring`}`,
    ...(printG === null ? [] : [`${fixedText(printG, 1)} g of material`]),
    ...(printS === null ? [] : [`${hours(printS)} of printing`]),
    ...(computingS === null ? [] : [`${hours(computingS)} of computing`]),
  ];
  output.line(`costs     ${parts.join('; ')}`);
  output.line(`risk      ${risk}`);
  output.line(`do        ${command}`);
}

const hours = (seconds: number): string =>
  seconds < 5400 ? `${fixedText(seconds / 60, 0)} min` : `${fixedText(seconds / 3600, 1)} h`;

/** Designs one plate again and says what the twin as built foretells of it. */
export async function reprint(options: ReprintOptions, context: CliContext): Promise<void> {
  const {output} = context;
  await using connection = await openHostClient(context, {store: 'write'});
  const {client} = connection;
  const {uid} = await findAsBuilt(client, options.asBuilt);
  const bar = barOf(output, 'reprint');
  const made = await followComputation(client, context, {
    kind: 'reprint',
    start: () =>
      client.calibrate.reprint({
        asBuiltUid: uid,
        settings: {
          seed: options.seed,
          plate: options.plate ?? null,
          steps: options.steps,
          tryingSteps: options.tryingSteps,
          batchSize: options.batch,
          learningRate: options.rate,
          finalLearningRate: options.rate / 20,
          judgedCount: options.judge,
          trainingCount: options.trainingCount,
        },
        bench: benchOf(options.bench),
        folder: resolve(options.out),
        name: options.name,
        command: `d2nn-bench ${context.argv.join(' ')}`,
        workerCount: options.workers,
      }),
    onNote: (text) => output.log(text),
    onProgress: ({done, total, unit}, {text}) => bar.update(done, total, unit, text),
  });
  bar.end();
  const {plate, before, after} = made.lineage;
  output.line(
    `Plate ${plate} was designed again: the twin as built reads ${before.successes} of ${before.count} drawn objects right as it is and ${after.successes} with the new plate (${percentText(after.low)} to ${percentText(after.high)}).`,
  );
  output.log(`The design is in ${connection.pathText(made.folder)}.`);
  output.log(
    `Print its plate: d2nn-bench design export --design ${made.folder} --plates ${plate} --out FOLDER`,
  );
  output.result(made);
}
