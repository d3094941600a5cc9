import {Option, type Command} from 'commander';
import {BenchError} from '../../contract/errors.ts';
import type {OperatorRequest} from '../../contract/messages.ts';
import {
  dryRunOnBench,
  planNames,
  scanOnBench,
  type Quantity,
  type ScanDryRun,
  type ScanSummary,
} from '../../host/compose.ts';
import {askAtTerminal} from '../ask-operator.ts';
import type {CliContext} from '../context.ts';
import {followEngine} from '../follow-engine.ts';
import {
  checkedOption,
  countNumber,
  finiteNumber,
  positionXy,
  positiveNumber,
  wholeNumber,
} from '../option-values.ts';
import {addTimeoutOption, type TimeoutCliOptions} from '../timeout-option.ts';
import {formatDuration, type Output} from '../output/index.ts';
import {addSettingsOptions, decisionsFrom, type SettingsCliOptions} from '../settings-options.ts';

interface ScanCliOptions extends SettingsCliOptions, TimeoutCliOptions {
  readonly bench?: string;
  readonly plan: string;
  readonly design?: string;
  readonly seed: number;
  readonly speed: number;
  readonly noise: 'on' | 'off';
  readonly dryRun?: boolean;
  readonly session?: string;
  readonly title?: string;
  readonly operator?: string;
  readonly sample?: string;
  readonly purpose?: string;
  readonly startIndex?: number;
  readonly setUpLockin?: boolean;
  readonly out?: string;
  readonly quantity: Quantity;
  readonly trace?: boolean;
}

/** Fields of a plan that have an option of their own. */
const planFields = [
  'xMm',
  'yMm',
  'axis',
  'startMm',
  'stopMm',
  'otherMm',
  'centerMm',
  'widthMm',
  'heightMm',
  'stepMm',
  'order',
  'referenceEvery',
  'referenceMm',
  'pointsPerSide',
  'residualRatio',
  'readingCount',
  'restMs',
] as const;

const helpText = `
Plans are objects with a field "plan" and their own fields, as JSON, as a file (YAML or JSON), or by name with options:
  --plan grid --width-mm 10 --height-mm 10 --step-mm 1
  --plan line --axis x --start-mm -10 --stop-mm 10 --step-mm 0.5
  --plan point --x-mm 0 --y-mm 0
  --plan regions --design designs/digits
  --plan beam-find
  --plan '{"plan":"grid","widthMm":10,"heightMm":10,"stepMm":1,"readingCount":3}'
The stage is homed first where the bench file says so; the source is on for the scan and off in every ending.`;

/** `scan`: one scan into a session. */
export function addScanCommand(program: Command, context: CliContext): void {
  const {output} = context;
  addSettingsOptions(
    addTimeoutOption(
      addPlanOptions(
        program
          .command('scan')
          .description('one scan into a session: points are stored as they are taken')
          .option('--bench <file>', 'bench file; without one the built-in virtual bench')
          .requiredOption('--plan <plan>', `${planNames.join(', ')}, a JSON object, or a file`),
      ),
    ),
  )
    .option(
      '--design <folder>',
      'design folder: regions to measure, hash in the log, plates on the virtual bench',
    )
    .option('--dry-run', 'only check limits, path, points and time; nothing moves and RF stays off')
    .option('--session <uid>', 'append to this session (or the beginning of its uid); a new one unless given')
    .option('--title <text>', 'title of the new session')
    .option('--operator <name>', 'who measures; the name of this login unless given')
    .option('--sample <text>', 'what stands at the object plane')
    .option('--purpose <text>', 'why')
    .addOption(checkedOption('--start-index <n>', 'point to begin with, from 0', wholeNumber))
    .option(
      '--set-up-lockin',
      'choose range and phase of the lock-in at the middle of the scan first, and the range anew where it is exceeded',
    )
    .option(
      '--out <file>',
      'also write the points, also of a run that ends early: .csv, or .npy with the plane (rows from the smallest y)',
    )
    .addOption(
      new Option(
        '--quantity <q>',
        'number for min, max and .npy: x and y follow the reference phase, r does not',
      )
        .choices(['x', 'y', 'r'])
        .default('r'),
    )
    .addOption(checkedOption('--seed <n>', 'virtual bench: its hidden errors', wholeNumber).default(1))
    .addOption(
      checkedOption('--speed <x>', 'virtual bench: times as fast as real time', positiveNumber).default(300),
    )
    .addOption(new Option('--noise <state>', 'virtual bench: noise').choices(['on', 'off']).default('on'))
    .option('--trace', 'print what goes over the wires to stderr')
    .option('--json', 'print the result as one JSON object on the last line')
    .addHelpText('after', helpText)
    .action((options: ScanCliOptions) => scan(options, context, output));
}

function addPlanOptions(command: Command): Command {
  return command
    .addOption(checkedOption('--x-mm <mm>', 'point: x', finiteNumber))
    .addOption(checkedOption('--y-mm <mm>', 'point: y', finiteNumber))
    .addOption(new Option('--axis <axis>', 'line: along').choices(['x', 'y']))
    .addOption(checkedOption('--start-mm <mm>', 'line: first position', finiteNumber))
    .addOption(checkedOption('--stop-mm <mm>', 'line: last position', finiteNumber))
    .addOption(checkedOption('--other-mm <mm>', 'line: position of the other axis', finiteNumber))
    .addOption(checkedOption('--center-mm <x,y>', 'grid: centre', positionXy))
    .addOption(checkedOption('--width-mm <mm>', 'grid, beam-find: extent along x', positiveNumber))
    .addOption(checkedOption('--height-mm <mm>', 'grid: extent along y', positiveNumber))
    .addOption(checkedOption('--step-mm <mm>', 'grid, line, beam-find: step', positiveNumber))
    .addOption(new Option('--order <order>', 'grid: order of the rows').choices(['snake', 'one-way']))
    .addOption(checkedOption('--reference-every <n>', 'grid: points between reference visits', wholeNumber))
    .addOption(checkedOption('--reference-mm <x,y>', 'grid: reference point', positionXy))
    .addOption(checkedOption('--points-per-side <n>', 'regions: points along a side', countNumber))
    .addOption(checkedOption('--residual-ratio <r>', 'rest of a step allowed when reading', positiveNumber))
    .addOption(checkedOption('--reading-count <n>', 'readings averaged at each point', countNumber))
    .addOption(checkedOption('--rest-ms <ms>', 'extra rest at each point', finiteNumber));
}

async function scan(options: ScanCliOptions, context: CliContext, output: Output): Promise<void> {
  const follow = followEngine(output, options.bench === undefined ? options.speed : 1);
  const given = Object.entries(options).filter(([name]) => planFields.some((field) => field === name));
  const call = {
    plan: options.plan,
    planFields: Object.fromEntries(given),
    benchPath: options.bench,
    designFolder: options.design,
    seed: options.seed,
    timeoutScale: options.timeoutScale,
    speed: options.speed,
    isNoisy: options.noise === 'on',
    sessionUid: options.session,
    title: options.title,
    operator: options.operator,
    sample: options.sample,
    purpose: options.purpose,
    startIndex: options.startIndex,
    isLockInSetUp: options.setUpLockin,
    outPath: options.out,
    quantity: options.quantity,
    ...decisionsFrom(options, {before: () => follow.pause()}),
    askOperator: (request: OperatorRequest, {signal}: {readonly signal: AbortSignal}) => {
      follow.pause();
      return askAtTerminal(request, signal);
    },
  };
  const hooks = {
    signal: context.signal,
    onText: (text: string) => output.log(text),
    onEvent: follow.onEvent,
    ...(options.trace === true ? {onTrace: (line: string) => output.log(line)} : {}),
  };
  if (options.dryRun === true) {
    const {dryRun, refusal} = await dryRunOnBench(call, hooks);
    writeDryRun(output, dryRun);
    output.result(dryRun);
    if (refusal !== null) throw refusal;
    return;
  }
  const {summary, endedEarly} = await scanOnBench(call, hooks);
  follow.end();
  writeSummary(output, summary);
  output.result(summary);
  if (endedEarly === null) return;
  throw new BenchError(
    endedEarly.code,
    `${endedEarly.message} ${summary.points} points are kept in session ${summary.session}.`,
    {cause: endedEarly, details: endedEarly.details},
  );
}

function writeDryRun(output: Output, dryRun: ScanDryRun): void {
  output.line(`${dryRun.plan.plan}: ${dryRun.points} points, path ${dryRun.pathLengthMm.toFixed(1)} mm`);
  for (const note of dryRun.notes) output.line(note);
  output.line(`about ${formatDuration(dryRun.seconds)} of bench time`);
  for (const [axis, [low, high]] of Object.entries(dryRun.extentMm)) {
    const limits = dryRun.limitsMm[axis as 'x' | 'y' | 'z'];
    output.line(
      `${axis} from ${low.toFixed(3)} to ${high.toFixed(3)} mm, limits ${limits?.join(' to ') ?? 'none'} mm`,
    );
  }
  output.line(
    dryRun.violationCount === 0 ? 'all moves are allowed' : `${dryRun.violationCount} moves are not allowed`,
  );
}

function writeSummary(output: Output, summary: ScanSummary): void {
  const {runs, points, minV, maxV, maxAtMm, quantity} = summary;
  for (const run of runs)
    output.line(`run ${run.scanId} ${run.planName}: ${run.points} points, ${run.exitStatus ?? 'not ended'}`);
  if (minV !== null && maxV !== null && maxAtMm !== null)
    output.line(
      `${quantity.toUpperCase()} from ${minV.toExponential(3)} to ${maxV.toExponential(3)} V, largest at x ${maxAtMm.x.toFixed(3)}, y ${maxAtMm.y.toFixed(3)} mm`,
    );
  output.line(`${points} points in ${formatDuration(summary.seconds)}`);
  output.line(`session ${summary.session}`);
  if (summary.out === null) return;
  const isWhole = runs.every(({exitStatus}) => exitStatus === 'success');
  output.line(`written ${summary.out}${isWhole ? '' : ', with how the run ended: it is not whole'}`);
}
