import {countOf, pluralOf} from '../../base/count-text.ts';
import type {BenchDevice} from '../../contract/devices.ts';
import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import {withDeadline} from '../engine/deadlines.ts';
import {type Reached, type Reconnect, proveAtRest, proveOff, reconnectMs} from '../engine/reach.ts';
import type {HeldSources} from '../instruments/held-sources.ts';
import type {BenchRuns, Say} from './bench-runs.ts';
import {shownKinds, type KnownInstruments} from './known-instruments.ts';
import type {ManualActivity} from './manual-activity.ts';
import type {HaltOutcome} from './live-bench.ts';
import type {Jobs} from './jobs.ts';
import {reconnectDevice, type DeviceConnections} from './live-open-bench.ts';
import type {DeviceConnection} from './device-connection.ts';

/** Limits of each part, ms of real time; one that has to be connected anew gets the time for that besides. */
const stageMs = 10_000 + reconnectMs;
const sourceMs = 8000 + reconnectMs;
const runMs = 7000 + reconnectMs;

export interface BenchToHalt {
  readonly connections: DeviceConnections;
  readonly manualActivity: ManualActivity;
  readonly jobs: Jobs;
  /** RF is off, proven. */
  readonly onSourceOff: () => void;
}

/**
 * STOP. Stage and mounts first, in the same turn of the event loop; then what is done by hand, the run and the source, all
 * at once, each with its own time limit. An instrument that is not connected, or does not answer, is connected anew for
 * it while the others are being stopped. The outcome says of each whether it was proven safe, and what to do where it
 * was not.
 */
export async function haltBench(
  {connections, manualActivity, jobs, onSourceOff}: BenchToHalt,
  reason: string,
): Promise<HaltOutcome> {
  const startedMs = performance.now();
  const reconnect: Reconnect = (role, lost, {signal}) => reconnectDevice(connections, role, lost, signal);
  const isSent = [connections.stage, connections.mount].some(
    (connection) => connection?.state === 'connected',
  );
  // Both send their bytes before they return.
  const stopping = reaching(connections.stage, (stage) => proveAtRest(stage, reconnect), stageMs);
  const holding =
    connections.mount && reaching(connections.mount, (mount) => proveAtRest(mount, reconnect), stageMs);
  const sentMs = isSent ? performance.now() - startedMs : null;
  manualActivity.abort(
    new BenchError(
      'plan/stopped',
      `What was being done by hand was broken off: ${reason}. Stored points are safe; look where the stage is before you go on.`,
      {details: {reason}},
    ),
  );
  const isRunLive = jobs.isLive;
  const ending = isRunLive ? withDeadline(jobs.abort(reason), runMs, 'Ending the run') : undefined;
  const turningOff = reaching(
    connections.source,
    async (source) => {
      const reached = await proveOff(source, reconnect);
      onSourceOff();
      return reached;
    },
    sourceMs,
  );
  const [stage, source, mount, run] = await Promise.allSettled([stopping, turningOff, holding, ending]);
  const done = [
    ...doneText(stage, 'the stage stands'),
    ...(connections.mount ? doneText(mount, 'the mounts stand') : []),
    ...doneText(source, 'RF is proven off'),
    ...(isRunLive
      ? [
          `the run was ended, ${countOf(jobs.pointCount, 'point')} ${pluralOf(jobs.pointCount, 'is', 'are')} kept`,
        ]
      : []),
  ];
  return {
    sentence: done.length === 0 ? 'Nothing could be proven stopped.' : `${capitalised(done.join(', '))}.`,
    tookMs: performance.now() - startedMs,
    sentMs,
    problems: [stage, source, mount, run].flatMap((outcome) =>
      outcome.status === 'rejected' ? [benchErrorFrom(outcome.reason).message] : [],
    ),
  };
}

/**
 * STOP for all that this host has turned on: the open bench and sources that are held for single calls. What came of it
 * goes into the log.
 */
export async function haltAll(
  {connections, manualActivity, runs, instruments, heldSources, say}: HaltedParts,
  reason: string,
): Promise<HaltOutcome> {
  const onSourceOff = (): void => instruments.now?.liveState.onSourceOff();
  const halting = haltBench({connections, manualActivity, jobs: runs.jobs, onSourceOff}, reason);
  const heldProblems = await heldSources.endAll();
  const halted = await halting;
  const outcome = {...halted, problems: [...halted.problems, ...heldProblems]};
  instruments.settingsChanged(...shownKinds);
  say('attention', 'bench', `STOP (${reason}): ${outcome.sentence}`);
  for (const problem of outcome.problems) say('error', 'bench', problem);
  return outcome;
}

interface HaltedParts {
  readonly connections: DeviceConnections;
  readonly manualActivity: ManualActivity;
  readonly runs: BenchRuns;
  readonly instruments: KnownInstruments;
  readonly heldSources: HeldSources;
  readonly say: Say;
}

/** Makes one instrument safe, connected or not. */
function reaching<D extends BenchDevice>(
  connection: DeviceConnection<D & DeviceConnection['device']>,
  act: (device: D) => Promise<Reached>,
  limitMs: number,
): Promise<Reached> {
  const {device, role} = connection;
  if (device === undefined)
    return Promise.reject(
      new BenchError(
        'port/closed',
        `The ${role} was never connected, so nothing was sent to it: look at it yourself.`,
      ),
    );
  return withDeadline(act(device), limitMs, `Making the ${role} safe`);
}

function doneText(outcome: PromiseSettledResult<Reached | undefined>, text: string): string[] {
  if (outcome.status === 'rejected') return [];
  return [outcome.value?.isSameLine === false ? `${text} (it was connected again for that)` : text];
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const nothingToHalt = (state: string): HaltOutcome => ({
  sentence:
    state === 'opening'
      ? 'The bench was still being opened: that was broken off. Nothing had moved and RF is off.'
      : 'No bench is open: there is nothing to stop.',
  tookMs: 0,
  sentMs: null,
  problems: [],
});

export const benchClosedError = (): BenchError =>
  new BenchError('bench/closed', 'No bench is open. Nothing was done; open one first (Bench page).');
