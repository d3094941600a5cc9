import {countOf, pluralOf} from '../../base/count-text.ts';
import {fixedText} from '../../base/number-format.ts';
import {resolve} from 'node:path';
import type {ApiInputs, ApiOutputs, ScanOutcome} from '../../contract/api/index.ts';
import {BenchError, benchErrorFrom, hasCode, isErrorCode} from '../../contract/errors.ts';
import type {PlanSpec} from '../../contract/plan-spec.ts';
import {assertExportable, writePoints} from '../../host/compose.ts';
import type {CliContext} from '../context.ts';
import {attendance, followRun} from '../follow-run.ts';
import {openHostClient, type BenchClient, type HostConnection} from '../host-client.ts';
import {formatDuration, type Output} from '../output/index.ts';
import {planReader} from '../plan-text.ts';
import {settingsPolicyFrom, type SettingsCliOptions, type SuspenderCliOptions} from '../settings-options.ts';
import {suspendersFrom} from '../read-suspenders.ts';
import type {TimeoutCliOptions} from '../timeout-option.ts';
import {reportStart, useBench, type BenchCliOptions} from '../use-bench.ts';

/** Values of the options of `scan`. */
export interface ScanCliOptions
  extends BenchCliOptions, SettingsCliOptions, SuspenderCliOptions, TimeoutCliOptions {
  readonly plan?: string;
  readonly dryRun?: boolean;
  readonly session?: string;
  readonly title?: string;
  readonly operator?: string;
  readonly sample?: string;
  readonly purpose?: string;
  readonly startIndex?: number;
  readonly setUpDetector?: boolean;
  /** The name of `setUpDetector` before. */
  readonly setUpLockin?: boolean;
  readonly out?: string;
  readonly quantity: string;
}

/** Names of the fields of every plan. */
type PlanField = PlanSpec extends infer Plan
  ? Plan extends PlanSpec
    ? Exclude<keyof Plan, 'plan'>
    : never
  : never;

/** Every field of a plan has an option of its own, in `scan.ts`: the compiler asks for a new one here. */
const planFields: Readonly<Record<PlanField, true>> = {
  xMm: true,
  yMm: true,
  axis: true,
  startMm: true,
  stopMm: true,
  otherMm: true,
  centerMm: true,
  widthMm: true,
  heightMm: true,
  stepMm: true,
  order: true,
  referenceEvery: true,
  referenceMm: true,
  referencePatchMm: true,
  positionLimitMm: true,
  onPositionLost: true,
  averagePlanes: true,
  averageFrequencies: true,
  ditherSpanHz: true,
  spanMm: true,
  pointsPerSide: true,
  residualRatio: true,
  readingCount: true,
  restMs: true,
};

/** As it was read, with every default filled in. */
type ScanRequest = ApiInputs['scan']['start'] & {readonly plan: PlanSpec};

/** One scan: on the bench that is named, into a session. */
export async function scan(options: ScanCliOptions, context: CliContext): Promise<void> {
  const onSettings = settingsPolicyFrom(options);
  const {plan: planText} = options;
  if (planText === undefined)
    throw new BenchError('cli/usage', 'A scan needs a plan: name it with --plan. Nothing was started.');
  const suspenders = suspendersFrom(options);
  const given = Object.entries(options).filter(([name]) => Object.hasOwn(planFields, name));
  const readPlan = await planReader(context, {
    text: planText,
    fields: Object.fromEntries(given),
    check: (read) => usablePlan(read, options),
  });
  await using connection = await openHostClient(context, {
    store: options.dryRun === true ? 'when-needed' : 'write',
    timeoutScale: options.timeoutScale,
  });
  const {client} = connection;
  const plan = await readPlan(client);
  const request = {
    plan,
    designFolder: options.design === undefined ? undefined : resolve(options.design),
    sessionUid: options.session,
    title: options.title,
    operator: options.operator,
    sample: options.sample,
    purpose: options.purpose,
    startIndex: options.startIndex,
    isDetectorSetUp: options.setUpDetector === true || options.setUpLockin === true,
    onSettings,
    suspenders,
    ...attendance(context),
  };
  if (options.dryRun === true) await dryRun(connection, context, options, request);
  else await measure(connection, context, options, request);
}

/** The plan, once it is known that its points can be written where they are asked for. */
async function usablePlan(plan: PlanSpec, {out, design}: ScanCliOptions): Promise<PlanSpec> {
  if (out !== undefined) await assertExportable(out, plan);
  if (plan.plan === 'regions' && design === undefined)
    throw new BenchError(
      'cli/usage',
      'The plan "regions" measures the detector regions of a design; name it with --design. Nothing was moved.',
    );
  return plan;
}

/** What `scan --json` prints. */
interface ScanSummary extends ScanOutcome {
  readonly plan: PlanSpec;
  readonly quantity: string;
  /** Where the points were written, also those of a run that ended early; null without `--out` or a run. */
  readonly out: string | null;
}

const refusalOf = ({refusal, refusalCode}: ApiOutputs['scan']['dryRun']): BenchError =>
  new BenchError(isErrorCode(refusalCode) ? refusalCode : 'internal', refusal);

async function dryRun(
  connection: HostConnection,
  context: CliContext,
  options: ScanCliOptions,
  request: ScanRequest,
): Promise<void> {
  await using used = await useBench(connection, context, options);
  const {output} = context;
  const found = await connection.client.scan.dryRun(request, {signal: context.signal});
  const {points, pathLengthMm, limitsMm, extentMm, violationCount, notes} = found;
  const result = {
    dryRun: true,
    plan: request.plan,
    points,
    pathLengthMm,
    // Of the bench, whose time may pass faster.
    seconds: found.seconds * used.bench.speed,
    limitsMm,
    extentMm,
    violations: found.violations.map(({text, ...violation}) => ({...violation, message: text})),
    violationCount,
    notes,
  };
  writeDryRun(output, result.plan.plan, {...found, seconds: result.seconds});
  output.result(result);
  if (!found.isAllowed) throw refusalOf(found);
}

async function measure(
  connection: HostConnection,
  context: CliContext,
  options: ScanCliOptions,
  request: ScanRequest,
): Promise<void> {
  const {client} = connection;
  const {output} = context;
  const {quantity, out} = options;
  await reportStart(client, context);
  const sessionUid =
    options.session === undefined ? undefined : (await client.sessions.find({start: options.session})).uid;
  await using closing = new AsyncDisposableStack();
  closing.use(await useBench(connection, context, options));
  let id = '';
  const endedEarly = await followRun(connection, context, async () => {
    const started = await client.scan.start({...request, sessionUid});
    ({id} = started);
    return started;
  });
  const outcome = await outcomeOf(client, {id, quantity}, endedEarly);
  const [first] = outcome.runs;
  const {minV, maxV, maxAtMm, unit, label} = outcome;
  const summary = {
    session: outcome.session,
    plan: request.plan,
    runs: outcome.runs,
    points: outcome.points,
    quantity,
    minV,
    maxV,
    maxAtMm,
    unit,
    label,
    seconds: outcome.seconds,
    out: first === undefined ? null : (out ?? null),
  };
  const failure = await writeOut(client, summary, endedEarly);
  writeSummary(output, summary);
  output.result(summary);
  if (failure === null) return;
  throw new BenchError(
    failure.code,
    `${failure.message} ${summary.points} points are kept in session ${summary.session}.`,
    {cause: failure, details: failure.details},
  );
}

/** What a scan has measured; one that was ended before its first run has only its ending. */
export async function outcomeOf(
  client: BenchClient,
  of: {readonly id: string; readonly quantity: string},
  endedEarly: BenchError | null,
): Promise<ScanOutcome> {
  try {
    return await client.scan.outcome(of);
  } catch (error) {
    throw endedEarly !== null && hasCode(error, 'store/not-found') ? endedEarly : error;
  }
}

/** Writes the points to the file that was asked for. Why the run ended is the more important of two failures. */
async function writeOut(
  client: BenchClient,
  {out, runs, quantity}: Pick<ScanSummary, 'out' | 'runs' | 'quantity'>,
  endedEarly: BenchError | null,
): Promise<BenchError | null> {
  const [first] = runs;
  if (out === null || first === undefined) return endedEarly;
  try {
    const format = /\.npy$/i.test(out) ? 'npy' : 'csv';
    await writePoints(out, await client.scan.pointsFile({runUid: first.uid, format, quantity}));
    return endedEarly;
  } catch (error) {
    if (endedEarly === null) throw error;
    const {code, message, details} = endedEarly;
    return new BenchError(code, `${message} ${benchErrorFrom(error).message}`, {details, cause: endedEarly});
  }
}

const axisNames = ['x', 'y', 'z'] as const;

function writeDryRun(
  output: Output,
  plan: PlanSpec['plan'],
  dryRun: Omit<ApiOutputs['scan']['dryRun'], 'pathMm' | 'refusedMm'>,
): void {
  output.line(`${plan}: ${countOf(dryRun.points, 'point')}, path ${fixedText(dryRun.pathLengthMm, 1)} mm`);
  for (const note of dryRun.notes) output.line(note);
  output.line(`about ${formatDuration(dryRun.seconds)} of bench time`);
  for (const axis of axisNames) {
    const [limits, extent] = [dryRun.limitsMm[axis], dryRun.extentMm[axis]];
    if (!extent) continue;
    const [low, high] = extent;
    output.line(
      `${axis} from ${fixedText(low, 3)} to ${fixedText(high, 3)} mm, limits ${limits?.join(' to ') ?? 'none'} mm`,
    );
  }
  output.line(
    dryRun.violationCount === 0
      ? 'all moves are allowed'
      : `${countOf(dryRun.violationCount, 'move')} ${pluralOf(dryRun.violationCount, 'is', 'are')} not allowed`,
  );
}

export function writeSummary(output: Output, summary: Omit<ScanSummary, 'plan' | 'quantity'>): void {
  const {runs, points, minV, maxV, maxAtMm, label, unit} = summary;
  for (const run of runs)
    output.line(`run ${run.scanId} ${run.planName}: ${run.points} points, ${run.exitStatus ?? 'not ended'}`);
  if (minV !== null && maxV !== null && maxAtMm !== null)
    output.line(
      `${label} from ${minV.toExponential(3)} to ${maxV.toExponential(3)} ${unit}, largest at x ${fixedText(maxAtMm.x, 3)}, y ${fixedText(maxAtMm.y, 3)} mm`,
    );
  output.line(`${points} points in ${formatDuration(summary.seconds)}`);
  output.line(`session ${summary.session}`);
  if (summary.out === null) return;
  const isWhole = runs.every(({exitStatus}) => exitStatus === 'success');
  output.line(`written ${summary.out}${isWhole ? '' : ', with how the run ended: it is not whole'}`);
}
