import {numberFrom} from '../../base/number-text.ts';
import type {ActionArgs} from '../../contract/instruments.ts';
import type {AxisName, PositionMm, WorkingPoint} from '../../contract/devices.ts';
import {BenchError, benchErrorFrom, hasCode} from '../../contract/errors.ts';
import {sFromMs} from '../../contract/units.ts';
import {stoppedError} from '../engine/endings.ts';
import {proveOff} from '../engine/reach.ts';
import type {DriverDevice} from '../devices/registry.ts';
import {assertArguments, awaitRest} from '../instruments/device-work.ts';
import type {ManualActivity} from './manual-activity.ts';
import {interlocksOf, type Interlock} from './interlocks.ts';
import {createJog, type Jog} from './jog.ts';
import type {Jobs} from './jobs.ts';
import {reconnectDevice, connectionsOf, type LiveOpenBench} from './live-open-bench.ts';
import {
  axisFromArg,
  createManualMountControl,
  offsetFromArgs,
  type ManualMountControl,
} from './manual-mount-control.ts';
import {createManualValues, type ManualValues} from './manual-values.ts';
import {pollMount, pollStage, readShownSettings} from './poller.ts';
import type {LiveState} from './live-state.ts';
import {confirmPosition, type PositionConfirmation} from '../bench/stage-trust.ts';
import type {Store} from '../store/open-store.ts';

export interface MovePreview {
  readonly isAllowed: boolean;
  readonly refusal: string;
  readonly fromMm: PositionMm;
  readonly targetMm: PositionMm;
  readonly pathMm: PositionMm[];
  /** Real time. */
  readonly seconds: number;
}

/** Work by hand on the open bench: refused with `bench/busy` while a run has the instruments. */
export interface ManualControl extends ManualValues {
  readonly jog: Jog;
  readonly mount: ManualMountControl;
  /** What a move would do. Nothing moves. */
  preview(targetMm: PositionMm): Promise<MovePreview>;
  moveTo(targetMm: PositionMm): Promise<PositionMm>;
  home(): Promise<PositionMm>;
  /** Takes a person's confirmation that the stage stands at `reportedMm`, the position that the person was shown. */
  trustPosition(reportedMm: PositionMm): Promise<PositionConfirmation>;
  step(axis: AxisName, distanceMm: number): Promise<PositionMm>;
  interlocks(): Interlock[];
  turnSourceOn(point: WorkingPoint): Promise<void>;
  /** Always allowed; a run that is under way is ended, for it would measure nothing. */
  turnSourceOff(): Promise<void>;
  call(role: string, action: string, args: ActionArgs, by?: string): Promise<unknown>;
}

export interface ManualControlOptions {
  readonly bench: LiveOpenBench;
  readonly manualActivity: ManualActivity;
  readonly jobs: Jobs;
  readonly liveState: LiveState;
  readonly store: Store;
  /** Something was done that may have changed settings of this instrument. */
  readonly onSettingsChanged: (role: string) => void;
}

/** A position older than this is read again before a move is planned from it, ms. */
const freshMs = 1000;

export function createManualControl(options: ManualControlOptions): ManualControl {
  const {bench, manualActivity, jobs, liveState, store} = options;
  const {connections} = bench;
  const mount = createManualMountControl({bench, manualActivity, jobs, liveState, store});
  const act: ManualAct = {
    ...options,
    mount,
    deviceOf: (role) => deviceOf(bench, role),
    changing: async (role, work) => {
      try {
        return await work();
      } finally {
        options.onSettingsChanged(role);
      }
    },
    look: (device, signal) => readAgain(device, liveState, signal),
  };
  return {
    ...createManualValues({
      connections,
      manualActivity,
      liveState,
      deviceOf: act.deviceOf,
      changing: act.changing,
      readAgain: act.look,
    }),
    jog: createJog({stage: () => connections.stage.require(), manualActivity, liveState}),
    mount,
    preview: (targetMm) => previewMove(act, targetMm),
    ...stageMoves(act),
    interlocks: () => interlocksOf({bench, jobs}),
    ...sourceSwitch(act),
    call: (role, action, args, by = '') => callAction(act, {role, action, args, by}),
  };
}

/** What every act by hand needs. */
interface ManualAct extends ManualControlOptions {
  readonly mount: ManualControl['mount'];
  /** Throws `device/unknown` for a role that the bench has not, `port/closed` for one that is not connected. */
  readonly deviceOf: (role: string) => DriverDevice;
  /** Does something to an instrument; what was tried and failed half-way may have changed something too. */
  readonly changing: <T>(role: string, work: () => Promise<T>) => Promise<T>;
  /** Reads again what an act may have changed. */
  readonly look: (device: DriverDevice, signal: AbortSignal) => Promise<void>;
}

function deviceOf({connections}: LiveOpenBench, role: string): DriverDevice {
  const connection = connectionsOf(connections).find((candidate) => candidate.role === role);
  if (connection) return connection.require();
  const roles = connectionsOf(connections).map((known) => known.role);
  throw new BenchError(
    'device/unknown',
    `This bench has no "${role}": it has ${roles.join(', ')}. Nothing was sent.`,
  );
}

async function presentMm({bench, liveState, jobs, manualActivity}: ManualAct): Promise<PositionMm> {
  const {stage} = bench.connections;
  const known = liveState.position;
  if (known && (known.ageMs < freshMs || jobs.isLive || manualActivity.isUsing(stage.role))) return known.mm;
  return stage.require().readPosition();
}

async function previewMove(act: ManualAct, targetMm: PositionMm): ReturnType<ManualControl['preview']> {
  const {jobs} = act;
  const {connections, clock} = act.bench;
  const stage = connections.stage.require();
  const fromMm = await presentMm(act);
  const whole = {...fromMm, ...targetMm};
  let refusal = '';
  try {
    stage.checkMove(targetMm, fromMm);
  } catch (error) {
    if (!hasCode(error, 'motion/limit')) throw error;
    refusal = error.message;
  }
  if (refusal === '' && !stage.isPositionTrusted)
    refusal = `The stage does not know where it is (${stage.distrust}): home it first, or confirm its position.`;
  if (refusal === '' && jobs.isLive) refusal = `"${jobs.title}" is under way: the stage is not free.`;
  return {
    isAllowed: refusal === '',
    refusal,
    fromMm,
    targetMm: whole,
    pathMm: [fromMm, ...stage.planPath(fromMm, targetMm)],
    seconds: sFromMs(stage.estimateMoveMs(fromMm, whole)) / clock.speed,
  };
}

/** Moves of the stage, one at a time. */
function stageMoves(act: ManualAct): Pick<ManualControl, 'moveTo' | 'home' | 'trustPosition' | 'step'> {
  const {manualActivity, liveState, changing} = act;
  const {connections} = act.bench;
  const moving = <T>(what: string, task: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    manualActivity.run({role: connections.stage.role, what, isExclusive: true}, task);
  const go = async (targetMm: PositionMm, signal: AbortSignal): Promise<PositionMm> => {
    const positionMm = await connections.stage.require().moveTo(targetMm, {
      signal,
      onProgress: ({nowMm}) => liveState.onPosition(nowMm, {controllerState: 'run', targetMm}),
    });
    liveState.onPosition(positionMm, {controllerState: 'idle'});
    return positionMm;
  };
  return {
    moveTo: (targetMm) => moving('go-to', (signal) => go(targetMm, signal)),
    home: () =>
      changing(connections.stage.role, () =>
        moving('homing', async (signal) => {
          const stage = connections.stage.require();
          liveState.onStageState('home');
          await stage.home({signal});
          await pollStage(stage, liveState);
          return liveState.position?.mm ?? {};
        }),
      ),
    trustPosition: (reportedMm) =>
      moving('confirming the position', async (signal) => {
        const stage = connections.stage.require();
        const controllerState = await confirmPosition(stage, reportedMm, {signal});
        await pollStage(stage, liveState);
        return controllerState;
      }),
    step: (axis, distanceMm) =>
      moving('step', async (signal) => {
        const nowMm = (await connections.stage.require().readPosition({signal}))[axis] ?? Number.NaN;
        return go({[axis]: nowMm + distanceMm}, signal);
      }),
  };
}

/** RF on and off by hand. */
function sourceSwitch({
  bench,
  manualActivity,
  jobs,
  liveState,
  changing,
}: ManualAct): Pick<ManualControl, 'turnSourceOn' | 'turnSourceOff'> {
  const {connections} = bench;
  return {
    turnSourceOn: (point) =>
      changing(connections.source.role, () =>
        manualActivity.run(
          {role: connections.source.role, what: 'turning RF on', isExclusive: true},
          async (signal) => {
            const failedInterlock = interlocksOf({bench, jobs}, point).find(({isHolding}) => !isHolding);
            if (failedInterlock)
              throw new BenchError(
                'source/limit',
                `RF stays off: ${failedInterlock.text} Nothing was sent.`,
                {
                  details: {interlock: failedInterlock.name},
                },
              );
            liveState.onSourceState(await connections.source.require().turnOn({...point, signal}));
          },
        ),
      ),
    turnSourceOff: () =>
      changing(connections.source.role, async () => {
        const reason = 'RF was turned off by hand';
        manualActivity.abort(stoppedError(reason), connections.source.role);
        const source = connections.source.device ?? connections.source.require();
        const [turned] = await Promise.allSettled([
          proveOff(source, (role, lost, {signal}) => reconnectDevice(connections, role, lost, signal)),
          jobs.isLive ? jobs.stop(reason) : undefined,
        ]);
        if (turned.status === 'rejected') throw benchErrorFrom(turned.reason);
        liveState.onSourceState(await connections.source.require().readState());
      }),
  };
}

/** An action of a driver, by name. */
function callAction(
  {manualActivity, mount, liveState, deviceOf: find, changing, look}: ManualAct,
  {role, action, args, by}: ActionCall,
): ReturnType<ManualControl['call']> {
  const device = find(role);
  assertArguments(device, action, args);
  // What moves plates goes into the journal, however it was asked for.
  if (device.kind === 'mount' && action === 'move')
    return changing(role, () => mount.moveTo(numberFrom(args['plate']), offsetFromArgs(args), {by}));
  if (device.kind === 'mount' && action === 'home')
    return changing(role, () => mount.home(numberFrom(args['plate']), axisFromArg(args['axis']), by));
  if (device.kind === 'mount' && action === 'trust-position')
    return changing(role, () =>
      mount.trustPosition(numberFrom(args['plate']), offsetFromArgs(args), by).then(() => null),
    );
  return changing(role, () =>
    manualActivity.run({role, what: action, isExclusive: !action.startsWith('read-')}, async (signal) => {
      const result = await device.call(action, args, {signal});
      await awaitRest(device, action, (stage) => pollStage(stage, liveState, signal), {signal});
      await look(device, signal);
      return result ?? null;
    }),
  );
}

interface ActionCall {
  readonly role: string;
  readonly action: string;
  readonly args: Parameters<ManualControl['call']>[2];
  readonly by: string;
}

/** Reads again what an act may have changed. */
async function readAgain(device: DriverDevice, seen: LiveState, signal: AbortSignal): Promise<void> {
  if (device.kind === 'detector') seen.onDetectorSettings(await readShownSettings(device, signal));
  if (device.kind === 'source') seen.onSourceState(await device.readState({signal}));
  if (device.kind === 'stage') await pollStage(device, seen, signal);
  if (device.kind === 'mount') await pollMount(device, seen, signal);
}
