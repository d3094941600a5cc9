import {writeFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import type {ApiInputs} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';
import type {ProbePlan} from '../../contract/probe-plan.ts';
import {assertWritable} from '../../host/compose.ts';
import type {CliContext} from '../context.ts';
import {followComputation} from '../follow-computation.ts';
import {openHostClient, type BenchClient, type HostConnection} from '../host-client.ts';
import {namesFrom} from '../option-values.ts';
import {writeProbePlan} from '../output/probe-plan-summary.ts';
import type {TimeoutCliOptions} from '../timeout-option.ts';
import {useBench} from '../use-bench.ts';

/** Values of the options of `align plan`. */
export interface AlignPlanOptions extends TimeoutCliOptions {
  readonly bench?: string;
  readonly seed: number;
  readonly design?: string;
  readonly result?: string;
  readonly digits?: string;
  readonly objects: number;
  readonly points?: number;
  readonly targetUm?: number;
  readonly modelError?: number;
  readonly write?: string;
}

/** Which objects and which scan to measure next. */
export async function alignPlan(options: AlignPlanOptions, context: CliContext): Promise<void> {
  const {modelError, write} = options;
  const {output} = context;
  if (modelError !== undefined && !(modelError >= 0 && modelError < 1))
    throw new BenchError(
      'cli/usage',
      `--model-error ${modelError} is no part of the light: give 0 to below 1. Nothing was started.`,
    );
  if (write !== undefined) await assertWritable(write, '--write', 'Nothing was started');
  await using connection = await openHostClient(context, {
    store: 'look',
    timeoutScale: options.timeoutScale,
  });
  const {client} = connection;
  const request = await requestFrom(client, options);
  const plan = await planned(connection, context, options, request);
  const written = write === undefined ? null : await writeScan(write, plan);
  writeProbePlan(output, plan);
  if (written !== null) output.line(`scan written to ${written}`);
  output.result({...plan, written});
}

/** A wrong name is refused before any instrument is opened. */
async function requestFrom(
  client: BenchClient,
  {design, result, digits, objects, points, targetUm, modelError}: AlignPlanOptions,
): Promise<ApiInputs['align']['plan']> {
  const designFolder = design === undefined ? undefined : resolve(design);
  const names = namesFrom(digits);
  await client.align.digits({names, designFolder});
  return {
    uid: result === undefined ? undefined : (await client.align.find({start: result})).uid,
    designFolder,
    digits: names,
    objectCount: objects,
    pointCount: points,
    targetMm: targetUm === undefined ? undefined : targetUm / 1000,
    unexplainedRatio: modelError,
  };
}

/** The bench is opened for its light, its probe and its pace; an alignment of a real bench has its own pace without it. */
async function planned(
  connection: HostConnection,
  context: CliContext,
  options: AlignPlanOptions,
  request: ApiInputs['align']['plan'],
): Promise<ProbePlan> {
  const {client} = connection;
  const {output} = context;
  const of = request.uid === undefined ? undefined : await client.align.find({start: request.uid});
  await using closing = new AsyncDisposableStack();
  if (of === undefined || options.bench !== undefined || of.benchSeed !== null) {
    const seed = of?.benchSeed ?? options.seed;
    closing.use(await useBench(connection, context, {...options, seed, speed: 1}));
  }
  let progress: ReturnType<typeof output.progress> | undefined;
  const {plan} = await followComputation(client, context, {
    kind: 'plan-probes',
    start: () => client.align.plan(request),
    onProgress({done}) {
      progress ??= output.progress('what each object and scan tells', 100);
      progress.update(Math.floor(done));
    },
  });
  progress?.end();
  return plan;
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
