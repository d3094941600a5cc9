import {resolve} from 'node:path';
import {percentText} from '../../base/number-format.ts';
import type {CliContext} from '../context.ts';
import {attendance, followRun} from '../follow-run.ts';
import {openHostClient} from '../host-client.ts';
import {manualStepBy} from '../mount-command.ts';
import {settingsPolicyFrom, type SettingsCliOptions} from '../settings-options.ts';
import type {TimeoutCliOptions} from '../timeout-option.ts';
import {useBench, type BenchCliOptions} from '../use-bench.ts';
import {findAsBuilt} from './calibrate-action.ts';

/** Options of `calibrate in-place`. */
export interface InPlaceOptions
  extends Omit<BenchCliOptions, 'mounts'>, SettingsCliOptions, TimeoutCliOptions {
  readonly asBuilt: string;
  readonly out: string;
  readonly name?: string;
  readonly start?: string;
  readonly plate?: number;
  readonly steps: number;
  readonly batch: number;
  readonly rate: number;
  readonly points: number;
  readonly judge: number;
  readonly trainingCount: number;
  readonly operator?: string;
  readonly mountCommand?: string;
  readonly workers?: number;
}

/** Adam's rate falls to this part of it, as by default. */
const finalRateRatio = 0.1;

/** Learns one plate on the bench of an as-built record and says what the bench reads before and after. */
export async function learnInPlace(options: InPlaceOptions, context: CliContext): Promise<void> {
  const {output} = context;
  const onSettings = settingsPolicyFrom(options);
  await using connection = await openHostClient(context, {
    store: 'write',
    timeoutScale: options.timeoutScale,
  });
  const {client} = connection;
  const {uid, benchSeed} = await findAsBuilt(client, options.asBuilt);
  const request = {...requestOf(options, context), asBuiltUid: uid, onSettings};
  const id = await measured();
  const made = await client.calibrate.inPlaceOutcome({id});
  const {plate, before, after} = made.lineage;
  output.line(
    `Plate ${plate} was learnt in place: the bench reads ${before.successes} of ${before.count} drawn objects right with the plate of before and ${after.successes} with the new one (${percentText(after.low)} to ${percentText(after.high)}).`,
  );
  output.log(`The design is in ${connection.pathText(made.folder)}.`);
  output.result(made);

  /** Resolves with the id of the job when it has come to its end; throws what ended it early. */
  async function measured(): Promise<string> {
    const seed = benchSeed ?? options.seed;
    await using bench = await useBench(connection, context, {...options, seed});
    void bench;
    let jobId = '';
    const start = async (): Promise<{readonly id: string}> => {
      const started = await client.calibrate.inPlace(request);
      jobId = started.id;
      return started;
    };
    const endedEarly = await followRun(connection, context, start, {
      doManualStep: manualStepBy(options.mountCommand),
    });
    if (endedEarly !== null) throw endedEarly;
    return jobId;
  }
}

function requestOf(options: InPlaceOptions, context: CliContext) {
  const {seed, plate = null, steps, batch, rate, judge, trainingCount, start} = options;
  return {
    settings: {
      ...{seed, plate, steps, trainingCount},
      batchSize: batch,
      learningRate: rate,
      finalLearningRate: rate * finalRateRatio,
      judgedCount: judge,
    },
    pointsPerSide: options.points,
    startFolder: start === undefined ? undefined : resolve(start),
    folder: resolve(options.out),
    name: options.name,
    command: `d2nn-bench ${context.argv.join(' ')}`,
    operator: options.operator,
    workerCount: options.workers,
    ...attendance(context),
  };
}
