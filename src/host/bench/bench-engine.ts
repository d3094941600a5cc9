import {storedColumnsOf} from '../../contract/detector.ts';
import type {BenchDevice, CallOptions, Detector} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Suspender} from '../../contract/suspender.ts';
import type {DriverDevice} from '../devices/registry.ts';
import {createEngine, type Engine} from '../engine/engine.ts';
import type {EngineEvent} from '../engine/events.ts';
import {defaultWatch, type WatchSettings} from '../engine/watch.ts';
import type {BenchRoles, DetectorRole} from '../plans/measure.ts';
import type {Store} from '../store/open-store.ts';
import {programVersion} from '../version.ts';
import type {OpenBench} from './open-bench.ts';

/** The open bench that is measured on, and the store that keeps what is measured. */
export interface MeasurementSite {
  readonly bench: OpenBench;
  readonly store: Store;
}

/** Callbacks of a run, and the signal that stops it. */
export interface RunHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: (event: EngineEvent) => void;
  readonly onText?: (text: string) => void;
  /** Gets what pauses, skips and breaks off, as soon as there is an engine. */
  readonly onStart?: (controls: RunControls) => void;
}

/** What may be done to a run under way, besides stopping it by the signal. */
export type RunControls = Pick<Engine, 'state' | 'pause' | 'resume' | 'skipWait' | 'abort'>;

const detectorRoleOf = (detector: Detector): DetectorRole => ({
  role: detector.role,
  ...storedColumnsOf(detector.declaration),
  canSetPhase: detector.autoPhase !== undefined,
  canChooseRange: detector.autoRange !== undefined,
});

/** The instruments of a bench by their roles. */
export const devicesByRole = ({devices}: OpenBench): ReadonlyMap<string, BenchDevice> =>
  new Map(
    [devices.stage, devices.detector, devices.source, ...(devices.mount ? [devices.mount] : [])].map(
      (device) => [device.role, device] as const,
    ),
  );

/** Roles of the instruments of a bench as plans name them, and what they have to know of its detector. */
export const rolesOf = ({file: {stage, source, mount}, devices}: OpenBench): BenchRoles => ({
  stage: stage.role,
  detector: detectorRoleOf(devices.detector),
  source: source.role,
  ...(mount && {mount: mount.role}),
});

/**
 * A run that does not home the stage by itself moves it only where its position is trusted: throws `motion/not-homed` or
 * `motion/alarm` otherwise, before RF goes on.
 */
export function assertPlaceKnown({file, devices}: OpenBench): void {
  if (!file.stage.homeAtStart) devices.stage.assertPositionTrusted();
}

/** How the instruments of a bench are looked at during a run: a slow bench, or computer, has longer to answer. */
export const watchOf = ({timeoutScale = 1}: Pick<OpenBench, 'timeoutScale'>): Partial<WatchSettings> => ({
  deadlineRealMs: defaultWatch.deadlineRealMs * timeoutScale,
});

/** What suspends a run: what it was started with, else what the bench file says. */
export const suspendersOf = ({suspenders, file}: OpenBench): readonly Suspender[] =>
  suspenders ?? file.suspenders ?? [];

/** A parameter of an instrument as a number, as it is now. Throws `device/unknown` and `plan/invalid`. */
async function readInput(
  bench: OpenBench,
  role: string,
  parameter: string,
  call: CallOptions,
): Promise<number> {
  const value = await namedDevice(bench, role).get(parameter, call);
  if (typeof value === 'number') return value;
  throw new BenchError(
    'plan/invalid',
    `${parameter} of the ${role} is ${String(value)}, no number: it can suspend no run.`,
  );
}

function namedDevice({devices}: OpenBench, role: string): DriverDevice {
  const {stage, detector, source, mount} = devices;
  const all = [stage, detector, source, ...(mount ? [mount] : [])];
  const found = all.find((device) => device.role === role);
  if (found) return found;
  throw new BenchError(
    'device/unknown',
    `A suspender asks for "${role}", which this bench has not: its roles are ${all.map((device) => device.role).join(', ')}.`,
    {details: {role}},
  );
}

/** Refuses suspenders that ask for what this bench has not, before anything moves. Throws `device/unknown`. */
export function assertSuspenders(bench: OpenBench): void {
  for (const suspender of suspendersOf(bench)) {
    if (suspender.when !== 'input') continue;
    const {role, parameter} = suspender;
    const device = namedDevice(bench, role);
    if (device.parameters.some(({name}) => name === parameter)) continue;
    throw new BenchError(
      'device/unknown',
      `A suspender asks for ${parameter} of the ${role} (${device.model}), which has no such parameter. Nothing was moved; it has ${device.parameters.map(({name}) => name).join(', ')}.`,
      {details: {role, parameter}},
    );
  }
}

/** The engine of an open bench, recording into a session. */
export function createBenchEngine(
  bench: OpenBench,
  store: Store,
  sessionUid: string,
  {operator, designHash}: {readonly operator: string; readonly designHash?: string | undefined},
): Engine {
  assertSuspenders(bench);
  return createEngine({
    devices: devicesByRole(bench),
    clock: bench.clock,
    recorder: store.recorder(sessionUid),
    operator: bench.operator,
    ask: bench.ask,
    settingsPolicy: bench.settingsPolicy,
    reconnect: bench.reconnect,
    watch: watchOf(bench),
    suspenders: suspendersOf(bench),
    surroundings: bench.surroundings && {
      ...bench.surroundings,
      readInput: (role, parameter, call) => readInput(bench, role, parameter, call),
    },
    metadata: {
      operator,
      benchName: bench.file.name,
      twinVersion: programVersion,
      ...(designHash === undefined ? {} : {designHash}),
    },
  });
}
