import {countOf, pluralOf} from '../../base/count-text.ts';
import {BenchError} from '../../contract/errors.ts';
import type {CliContext} from '../context.ts';
import {anyRun} from '../find-run.ts';
import {attendance, followRun} from '../follow-run.ts';
import {type HostConnection, openHostClient} from '../host-client.ts';
import {formatDuration} from '../output/index.ts';
import {suspendersFrom} from '../read-suspenders.ts';
import {settingsPolicyFrom} from '../settings-options.ts';
import {reportStart, useBench} from '../use-bench.ts';
import {outcomeOf, type ScanCliOptions, writeSummary} from './scan-action.ts';

/** Values of the options of `scan resume` and `scan again`. */
export interface ScanResumeOptions extends ScanCliOptions {
  readonly significance?: number;
  readonly allowChange?: number;
  readonly home?: boolean;
}

/** Goes on with a run that was cut off. */
export const scanResume = (name: string, options: ScanResumeOptions, context: CliContext): Promise<void> =>
  measureFrom(name, {options, context, job: resumeJob});

/** Runs again with the plan of a run. */
export const scanAgain = (name: string, options: ScanResumeOptions, context: CliContext): Promise<void> =>
  measureFrom(name, {options, context, job: againJob});

/** Starts what is made of a run that was named; answers with the id of the job. */
type RunJob = (
  connection: HostConnection,
  of: {readonly runUid: string; readonly options: ScanResumeOptions; readonly context: CliContext},
) => Promise<{readonly id: string}>;

const resumeJob: RunJob = async ({client}, {runUid, options, context}) => {
  const {output} = context;
  const asked = {
    runUid,
    significance: options.significance,
    allowedRatio: options.allowChange,
    isHomedFirst: options.home === true,
  };
  const takes = await client.scan.resumePlan(asked);
  if (takes.isAllowed) {
    const {scanId, firstIndex, pointsLeft, overlapCount, passCount, countReason, seconds} = takes;
    output.log(
      `run ${scanId}: ${countOf(takes.storedCount, 'point')} ${pluralOf(takes.storedCount, 'is', 'are')} stored; point ${firstIndex + 1} and ${countOf(pointsLeft - 1, 'other')} are left`,
    );
    output.log(`first ${overlapCount} of its points are measured ${passCount} times again (${countReason})`);
    output.log(`about ${formatDuration(seconds)}`);
  }
  return client.scan.resume({
    ...asked,
    operator: options.operator,
    isDetectorSetUp: options.setUpDetector === true,
    suspenders: suspendersFrom(options),
    onSettings: settingsPolicyFrom(options),
    ...attendance(context),
  });
};

const againJob: RunJob = async ({client}, {runUid, options, context}) => {
  const {session} = options;
  const sessionUid = session === undefined ? undefined : (await client.sessions.find({start: session})).uid;
  return client.scan.again({
    runUid,
    sessionUid,
    operator: options.operator,
    suspenders: suspendersFrom(options),
    onSettings: settingsPolicyFrom(options),
    ...attendance(context),
  });
};

async function measureFrom(
  name: string,
  {
    options,
    context,
    job,
  }: {readonly options: ScanResumeOptions; readonly context: CliContext; readonly job: RunJob},
): Promise<void> {
  await using connection = await openHostClient(context, {
    store: 'write',
    timeoutScale: options.timeoutScale,
  });
  const {client} = connection;
  await reportStart(client, context);
  const {uid: runUid} = await anyRun(client, name);
  await using closing = new AsyncDisposableStack();
  closing.use(await useBench(connection, context, options));
  let id = '';
  const endedEarly = await followRun(connection, context, async () => {
    const started = await job(connection, {runUid, options, context});
    ({id} = started);
    return started;
  });
  const {quantity} = options;
  const outcome = await outcomeOf(client, {id, quantity}, endedEarly);
  const own = outcome.runs.at(-1);
  const checks = own === undefined ? [] : await client.scan.resumeChecks({runUid: own.uid});
  const summary = {...outcome, quantity, out: null, check: checks.at(-1) ?? null};
  writeSummary(context.output, summary);
  context.output.result(summary);
  if (endedEarly !== null)
    throw new BenchError(
      endedEarly.code,
      `${endedEarly.message} ${outcome.points} points are kept in session ${outcome.session}.`,
      {cause: endedEarly, details: endedEarly.details},
    );
}
