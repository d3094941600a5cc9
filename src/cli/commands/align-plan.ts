import {writeFile} from 'node:fs/promises';
import type {Command} from 'commander';
import {BenchError} from '../../contract/errors.ts';
import type {ProbePlan} from '../../contract/probe-plan.ts';
import {assertWritable, defaultDesignFolder, planProbesOnBench} from '../../host/compose.ts';
import {askAtTerminal} from '../ask-operator.ts';
import type {CliContext} from '../context.ts';
import {
  checkedOption,
  countNumber,
  finiteNumber,
  namesFrom,
  positiveNumber,
  wholeNumber,
} from '../option-values.ts';
import {writeProbePlan} from '../output/probe-plan-summary.ts';
import {addTimeoutOption, type TimeoutCliOptions} from '../timeout-option.ts';

interface AlignPlanOptions extends TimeoutCliOptions {
  readonly bench?: string;
  readonly seed: number;
  readonly design: string;
  readonly result?: string;
  readonly digits?: string;
  readonly objects: number;
  readonly points?: number;
  readonly targetUm?: number;
  readonly modelError?: number;
  readonly write?: string;
}

/** `align plan`: which objects and which scan to measure next. */
export function addAlignPlan(align: Command, {output, signal}: CliContext): void {
  addTimeoutOption(align.command('plan'))
    .description('which objects and which scan tell most of where the plates stand; nothing moves')
    .option('--bench <file>', 'bench file; without one the built-in virtual bench')
    .addOption(
      checkedOption(
        '--seed <n>',
        'virtual bench: which (its hidden errors are not used)',
        wholeNumber,
      ).default(1),
    )
    .option('--design <folder>', 'design folder of what is measured', defaultDesignFolder)
    .option('--result <uid>', 'add to this alignment (its calibration); without it nothing is measured yet')
    .option('--digits <list>', 'objects to choose among: classes (5,3,0) or ids (mnist:5:5654)')
    .addOption(checkedOption('--objects <n>', 'most objects to measure', countNumber).default(4))
    .addOption(checkedOption('--points <n>', 'most points to measure altogether', countNumber))
    .addOption(
      checkedOption('--target-um <um>', 'wanted 1 sigma of the worst plate sideways, in um', positiveNumber),
    )
    .addOption(
      checkedOption(
        '--model-error <ratio>',
        "part of the light that the model will lack (0: readings' noise only); what the alignment found, or 0.07, unless given",
        finiteNumber,
      ),
    )
    .option('--write <file>', 'write the scan that is recommended, for scan --plan and align --scan')
    .option('--json', 'print the result as one JSON object on the last line')
    .action(async (_: unknown, command: Command) => {
      // Options that `align` has too are taken by it, wherever they stand.
      const options = command.optsWithGlobals<AlignPlanOptions>();
      const {modelError} = options;
      if (modelError !== undefined && !(modelError >= 0 && modelError < 1))
        throw new BenchError(
          'cli/usage',
          `--model-error ${modelError} is no part of the light: give 0 to below 1. Nothing was started.`,
        );
      if (options.write !== undefined) await assertWritable(options.write, '--write', 'Nothing was started');
      let progress: ReturnType<typeof output.progress> | undefined;
      const plan = await planProbesOnBench(
        {
          benchPath: options.bench,
          designFolder: options.design,
          seed: options.seed,
          timeoutScale: options.timeoutScale,
          speed: 1,
          isNoisy: true,
          askOperator: (request, {signal: asked}) => askAtTerminal(request, asked),
          resultUid: options.result,
          digits: namesFrom(options.digits),
          objectCount: options.objects,
          wish: {
            pointCount: options.points,
            targetMm: options.targetUm === undefined ? undefined : options.targetUm / 1000,
          },
          unexplainedRatio: modelError,
        },
        {
          signal,
          onText: (text) => output.log(text),
          onProgress: (doneRatio) => {
            progress ??= output.progress('what each object and scan tells', 100);
            progress.update(Math.floor(100 * doneRatio));
          },
        },
      );
      progress?.end();
      const written = options.write === undefined ? null : await writeScan(options.write, plan);
      writeProbePlan(output, plan);
      if (written !== null) output.line(`scan written to ${written}`);
      output.result({...plan, written});
    });
}

async function writeScan(path: string, {scans, choice, text}: ProbePlan): Promise<string> {
  if (!choice) throw new BenchError('plan/invalid', `${text} No scan was written to ${path}.`);
  try {
    await writeFile(path, `${JSON.stringify(scans[choice.scanIndex].plan, null, 2)}\n`);
  } catch (error) {
    throw new BenchError(
      'file/invalid',
      `The scan could not be written to ${path}: ${error instanceof Error ? error.message : String(error)}. Nothing was moved; name another place.`,
      {cause: error},
    );
  }
  return path;
}
