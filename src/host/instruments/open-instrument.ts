import {createClock} from '../../base/clock.ts';
import type {BenchFile, MountConfig, SourceConfig, StageConfig} from '../../contract/bench-file.ts';
import type {InstrumentTarget as ApiTarget} from '../../contract/api/index.ts';
import type {AxisName} from '../../contract/devices.ts';
import {instrumentKinds, type DriverInfo, type InstrumentKind} from '../../contract/instruments.ts';
import {portText} from '../bench/port-text.ts';
import {readBenchFile} from '../bench/bench-file.ts';
import {openStageMemory, orDispose} from '../bench/stage-memory.ts';
import {openStagePlaces} from '../bench/stage-places.ts';
import {configForPort} from '../devices/default-config.ts';
import type {HazardWatch} from '../devices/hazard-watch.ts';
import {createRegistry} from '../devices/registry.ts';
import type {DriverDevice, Registry, StageDevice} from '../devices/registry.ts';
import {withCleanUpErrors} from '../engine/endings.ts';
import type {TraceEntry} from '../serial/trace.ts';
import {linkWith, portTargetFrom, targetError} from './check-target.ts';

/** Which instrument; without `leavesPlace`, a stage's place is judged by where it was left. */
export interface InstrumentTarget extends ApiTarget {
  /** Stage: it is only looked at or stopped, which nothing may stand against; what is known of its place is left alone. */
  readonly leavesPlace?: boolean | undefined;
}

export interface InstrumentHooks {
  readonly signal?: AbortSignal | undefined;
  /** What goes over the wire. */
  readonly onTrace?: ((entry: TraceEntry) => void) | undefined;
  /** Data folder: there it is kept where stages were left. */
  readonly dataPath: string;
  /** Hears of the instrument before it is opened. */
  readonly hazards?: HazardWatch | undefined;
}

export const callOptions = ({signal}: Pick<InstrumentHooks, 'signal'>): {signal?: AbortSignal} =>
  signal ? {signal} : {};

export interface OpenInstrument {
  readonly device: DriverDevice;
  readonly driver: string;
  readonly port: string;
}

/**
 * Connects one instrument, does the work, and closes it again in every ending: a source goes off, a stage that moves
 * is stopped. An error while closing is added to an earlier one.
 */
export async function withInstrument<Result>(
  target: InstrumentTarget,
  kind: InstrumentKind | undefined,
  hooks: InstrumentHooks,
  work: (instrument: OpenInstrument) => Promise<Result>,
): Promise<Result> {
  const instrument = await openInstrument(target, kind, hooks);
  let result: Result;
  try {
    result = await work(instrument);
  } catch (error) {
    try {
      await instrument.device[Symbol.asyncDispose]();
    } catch (closingError) {
      throw withCleanUpErrors(error, [closingError]);
    }
    throw error;
  }
  await instrument.device[Symbol.asyncDispose]();
  return result;
}

/** The drivers there are. */
export const listDrivers = (): readonly DriverInfo[] => createRegistry({clock: createClock()}).drivers;

/** Connects one instrument; whoever gets it closes it. Nothing has moved then, and RF is off. */
export async function openInstrument(
  target: InstrumentTarget,
  kind: InstrumentKind | undefined,
  {signal, onTrace, dataPath, hazards}: InstrumentHooks,
): Promise<OpenInstrument> {
  const {timeoutScale} = target;
  const registry = createRegistry({
    clock: createClock(),
    ...(timeoutScale === undefined ? {} : {timeoutScale}),
    ...(onTrace ? {onTrace} : {}),
    hazards,
  });
  const call = signal ? {signal} : {};
  const port = portTargetFrom(target, kind);
  if (port === undefined) {
    const opening = {registry, target, call, dataPath};
    return connectFromBench(opening, await readBenchFile(target.benchPath ?? ''), kind);
  }
  const {info, link} = port;
  const overrides = overridesFor(info.kind, target);
  const device = await registry.connectByPort(info.name, link, {...call, overrides});
  if (device.kind === 'stage') {
    const config = configForPort('stage', {driver: info.name, link, ...overrides});
    if (config.kind === 'stage')
      await receiveStage(device, {benchName: '', config: config.stage, target, dataPath});
  }
  return {device, driver: info.name, port: portText(link)};
}

interface Opening {
  readonly registry: Registry;
  readonly target: InstrumentTarget;
  readonly call: {readonly signal?: AbortSignal};
  readonly dataPath: string;
}

async function connectFromBench(
  {registry, target, call, dataPath}: Opening,
  bench: BenchFile,
  kind: InstrumentKind | undefined,
): Promise<OpenInstrument> {
  const chosen = kind ?? kindOfRole(bench, target.role);
  const config = chosen === 'mount' ? mountOf(bench) : bench[chosen];
  const link = linkWith(config.link, target);
  const opened = {driver: config.driver, port: portText(link)};
  switch (chosen) {
    case 'stage': {
      const stage = {...stageConfig(bench.stage, target), link};
      const device = await registry.connectStage(stage, call);
      await receiveStage(device, {benchName: bench.name, config: stage, target, dataPath});
      return {...opened, device};
    }
    case 'detector': {
      const settings = target.hasBenchSettings === true ? bench.detector.settings : {};
      return {...opened, device: await registry.connectDetector({...bench.detector, settings, link}, call)};
    }
    case 'mount':
      return {...opened, device: await registry.connectMount({...mountOf(bench), link}, call)};
    case 'source':
      return {
        ...opened,
        device: await registry.connectSource({...sourceConfig(bench.source, target), link}, call),
      };
  }
}

interface ReceivedStage {
  /** '' for one that is opened by driver and port. */
  readonly benchName: string;
  readonly config: StageConfig;
  readonly target: InstrumentTarget;
  readonly dataPath: string;
}

/** Each call opens the stage anew: where it was left by the one before is read from the data folder. */
async function receiveStage(
  device: StageDevice,
  {benchName, config, target, dataPath}: ReceivedStage,
): Promise<void> {
  const {isPositionTrusted: isConfirmed = false, leavesPlace} = target;
  if (leavesPlace === true) return;
  const receive = async (): Promise<void> => {
    const memory = await openStageMemory(openStagePlaces(dataPath), benchName, config);
    const found = await memory.receive(device, {isConfirmed});
    if (found === 'unknown' && config.homeAtStart) await trustHomed(device);
  };
  await orDispose(device, receive());
}

/**
 * At the first use nothing is remembered. The controller may know: one that homes refuses to move after power-up until
 * it has been homed, or was unlocked by another program, which cannot be told. Without a homing cycle nothing is known.
 */
async function trustHomed(device: StageDevice): Promise<void> {
  if (device.isHomingDue) return;
  const hasHoming = device.parameters.some(({name}) => name === 'isHomingOn');
  if (hasHoming && (await device.get('isHomingOn')) === true) device.trustPosition('bench-file');
}

function kindOfRole(bench: BenchFile, role: string | undefined): InstrumentKind {
  const kinds = instrumentKinds.filter((kind) => bench[kind] !== undefined);
  // `lockin` was the kind of every detector before other detectors were known.
  const named = role === 'lockin' ? 'detector' : role;
  const found = kinds.find((kind) => bench[kind]?.role === role) ?? kinds.find((kind) => kind === named);
  if (found) return found;
  const roles = kinds.map((kind) => bench[kind]?.role).join(', ');
  throw targetError(
    role === undefined
      ? `Which instrument of the bench ${bench.name}? Give --role (${roles})`
      : `The bench ${bench.name} has no ${role}: its roles are ${roles}`,
  );
}

function mountOf({name, mount}: BenchFile): MountConfig {
  if (mount) return mount;
  throw targetError(`The bench ${name} has no mounts of plates (mount: in its file)`);
}

function stageConfig(stage: StageConfig, target: InstrumentTarget): StageConfig {
  const axes = {...stage.axes};
  for (const [name, asked] of Object.entries(target.limitsMm ?? {}) as [AxisName, [number, number]][]) {
    const axis = axes[name];
    if (!axis) throw targetError(`The stage of the bench file has no axis ${name}`);
    const [low, high] = axis.limitsMm;
    if (asked[0] < low || asked[1] > high)
      throw targetError(
        `Limits of ${name} from ${asked[0]} to ${asked[1]} mm are wider than those of the bench file (${low} to ${high} mm)`,
      );
    axes[name] = {...axis, limitsMm: asked};
  }
  return {...stage, axes, homeAtStart: target.isPositionTrusted === true ? false : stage.homeAtStart};
}

function sourceConfig(source: SourceConfig, target: InstrumentTarget): SourceConfig {
  const {maxPowerDbm = source.maxPowerDbm, powerDbm = Math.min(source.powerDbm, maxPowerDbm)} = target;
  if (maxPowerDbm > source.maxPowerDbm)
    throw targetError(
      `A limit of ${maxPowerDbm} dBm is above that of the bench file (${source.maxPowerDbm} dBm); change the bench file if the chain allows it`,
    );
  return {
    ...source,
    maxPowerDbm,
    powerDbm,
    multiplier: target.multiplier ?? source.multiplier,
    outputFrequencyHz: target.outputFrequencyHz ?? source.outputFrequencyHz,
  };
}

/** What is laid over the cautious configuration of a driver at a port. */
function overridesFor(kind: InstrumentKind, target: InstrumentTarget): Record<string, unknown> {
  switch (kind) {
    case 'stage': {
      if (!target.limitsMm) return {};
      // Bench axes are machine axes here; an axis without limits of its own is left out.
      const axes = Object.entries(target.limitsMm).map(([name, limitsMm]) => [
        name,
        {machineAxis: name, limitsMm},
      ]);
      return {axes: Object.fromEntries(axes)};
    }
    case 'detector':
    case 'mount':
      return {};
    case 'source': {
      const {maxPowerDbm, powerDbm, multiplier, outputFrequencyHz} = target;
      const given = {maxPowerDbm, powerDbm, multiplier, outputFrequencyHz};
      return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    }
  }
}
