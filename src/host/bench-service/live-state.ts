import {
  plateAxes,
  type PlateOffset,
  type PlateState,
  type PositionMm,
  type SettingsSnapshot,
  type SourceState,
} from '../../contract/devices.ts';
import type {MountStatus, SourceStatus, StageStatus} from '../../contract/api/index.ts';
import type {DetectorReading} from '../../contract/detector.ts';
import type {SourceConfig, StageConfig} from '../../contract/bench-file.ts';
import type {InstrumentKind} from '../../contract/instruments.ts';
import type {MountDevice, StageDevice} from '../devices/registry.ts';
import type {BenchStatus} from './bench-status.ts';
import {createDetectorState, type LiveDetector} from './detector-state.ts';
import type {ReadingsRing} from './readings.ts';
import {trustOfDevice} from '../bench/stage-trust.ts';

/** What is known of the instruments' present state, whoever has found it out: the poll, a hand, or a run. */
export interface LiveState {
  /** Position read or passed through; `state` as the controller names it. */
  onPosition(positionMm: PositionMm, facts?: Partial<StageFacts>): void;
  onStageState(controllerState: string): void;
  onReading(reading: DetectorReading, utcMs?: number): void;
  /** There is no valid reading, and why. */
  onNoReading(problem: string): void;
  /** Settings of the detector by name; those that are not named are as they were. */
  onDetectorSettings(settings: SettingsSnapshot): void;
  onSourceState(state: SourceState): void;
  /** RF is off, proven; the rest is as it was. */
  onSourceOff(): void;
  /** How mounted plates stand; those that are not named are as they were. */
  onPlates(states: readonly PlateState[]): void;
  /** Nothing is known of an instrument any more: it was connected anew and has not been read yet. */
  forget(kind: InstrumentKind): void;
  /** A mounted plate is on its way. */
  onPlateMotion(plate: number, now: PlateOffset, target: PlateOffset): void;
  /** Position as last known, mm, and its age, ms. */
  readonly position: {readonly mm: PositionMm; readonly ageMs: number} | undefined;
  readonly stageState: string;
}

export interface StageFacts {
  /** Word of the controller in lower case: idle, run, jog, home, hold, alarm. */
  readonly controllerState: string;
  readonly targetMm: PositionMm | null;
}

export interface LiveStateOptions {
  readonly benchStatus: BenchStatus;
  readonly readings: ReadingsRing;
  readonly source: SourceConfig;
  /** What the bench file says of where the stage may go. */
  readonly area: Pick<StageConfig, 'keepOut' | 'envelopeMm'>;
  readonly detector: LiveDetector;
  readonly stage: () => StageDevice | undefined;
  readonly mount: () => MountDevice | undefined;
  readonly speed: number;
  /** A look found settings that differ from those of the look before. */
  readonly onSettingsChanged: (kind: InstrumentKind) => void;
}

const samePlaceMm = 0.005;
const restingStates: ReadonlySet<string> = new Set(['idle', 'alarm', 'hold', 'door', 'sleep', 'check', '']);

export function createLiveState(options: LiveStateOptions): LiveState {
  const {benchStatus, readings} = options;
  const detector = createDetectorState({
    detector: options.detector,
    benchStatus,
    onRow: (values, utcMs) => {
      const {x, y, z} = stage.position?.mm ?? {};
      const place = {'stage.xMm': x, 'stage.yMm': y, 'stage.zMm': z, 'source.powerDbm': source.powerDbm};
      readings.add(utcMs / 1000, {...values, ...place});
    },
    onSettingsChanged: () => options.onSettingsChanged('detector'),
  });
  const stage = createStageState(options, detector.startAnew);
  const source = createSourceState(options, detector.startAnew);
  const setPlates = plateSetter(options);

  return {
    onPlates: setPlates,
    onPlateMotion(plate, now, target) {
      setPlates([{plate, offset: now, target, isMoving: true, problem: ''}]);
    },
    get position() {
      const {position} = stage;
      return position && {mm: position.mm, ageMs: performance.now() - position.atMs};
    },
    get stageState() {
      return stage.controllerState;
    },
    onPosition: (mm, facts) => stage.onPosition(mm, facts),
    onStageState: (controllerState) => stage.onControllerState(controllerState),
    onReading: detector.onReading,
    onNoReading: detector.onNoReading,
    onDetectorSettings: detector.onSettings,
    forget(kind) {
      if (kind === 'stage') stage.forget();
      if (kind === 'detector') detector.startAnew();
      if (kind === 'source') source.forget();
      benchStatus.update({[kind]: null});
    },
    onSourceState: (state) => source.onState(state),
    onSourceOff() {
      const {source: known} = benchStatus.parts;
      if (known) source.onState({...known, isOutputOn: false});
    },
  };
}

/** Where the stage is, and whether it moves; `onOtherPlace` is called where it is found elsewhere than before. */
function createStageState({benchStatus, area, stage: deviceOf}: LiveStateOptions, onOtherPlace: () => void) {
  let controllerState = '';
  let position: {readonly mm: PositionMm; readonly atMs: number} | undefined;
  return {
    get controllerState() {
      return controllerState;
    },
    get position() {
      return position;
    },
    onPosition(mm: PositionMm, facts: Partial<StageFacts> = {}): void {
      const device = deviceOf();
      if (!device) return;
      if (position && !isSamePlace(position.mm, mm)) onOtherPlace();
      position = {mm, atMs: performance.now()};
      controllerState = facts.controllerState ?? controllerState;
      const stage: StageStatus = {
        axes: [...device.axes],
        positionMm: mm,
        targetMm: facts.targetMm ?? null,
        isMoving: !restingStates.has(controllerState),
        ...trustOfDevice(device),
        limitsMm: device.limitsMm,
        keepOut: area.keepOut ?? [],
        envelopeMm: area.envelopeMm ?? null,
        utc: utcOf(),
      };
      benchStatus.update({stage});
    },
    onControllerState(next: string): void {
      controllerState = next;
      const {stage} = benchStatus.parts;
      benchStatus.update(stage ? {stage: {...stage, isMoving: !restingStates.has(controllerState)}} : {});
    },
    forget(): void {
      position = undefined;
      controllerState = '';
    },
  };
}

/** What the source does, and since when; `onOtherLight` is called where RF goes on or off. */
function createSourceState(options: LiveStateOptions, onOtherLight: () => void) {
  const {benchStatus, speed} = options;
  let turnedOnMs: number | undefined;
  let powerDbm = Number.NaN;
  return {
    /** Level that is on, dBm; not a number while RF is off or not known to be on. */
    get powerDbm() {
      return powerDbm;
    },
    onState(state: SourceState): void {
      const before = benchStatus.parts.source;
      if (state.isOutputOn !== (before?.isOutputOn ?? false)) onOtherLight();
      turnedOnMs = state.isOutputOn ? (turnedOnMs ?? performance.now()) : undefined;
      powerDbm = state.isOutputOn ? state.powerDbm : Number.NaN;
      const {
        maxPowerDbm,
        minPowerDbm,
        warmUpS,
        outputFrequencyHz,
        powerDbm: workingPowerDbm,
      } = options.source;
      const sinceS = turnedOnMs === undefined ? 0 : ((performance.now() - turnedOnMs) * speed) / 1000;
      const source: SourceStatus = {
        ...state,
        maxPowerDbm,
        minPowerDbm,
        workingFrequencyHz: outputFrequencyHz,
        workingPowerDbm,
        warmUpLeftS: state.isOutputOn ? Math.max(0, warmUpS - sinceS) / speed : 0,
        utc: utcOf(),
      };
      benchStatus.update({source});
      if (before && watchedOfSource.some((name) => before[name] !== source[name]))
        options.onSettingsChanged('source');
    },
    forget(): void {
      turnedOnMs = undefined;
      powerDbm = Number.NaN;
    },
  };
}

type PlateReport = PlateState & {readonly target?: PlateOffset | undefined};

/** Notes how plates stand; those that are not named are as they were. */
const plateSetter =
  ({benchStatus, mount}: LiveStateOptions) =>
  (states: readonly PlateReport[]): void => {
    const device = mount();
    if (!device) return;
    const before = benchStatus.parts.mount?.plates ?? [];
    const plates = device.plates.map((plate) => {
      const state = states.find((candidate) => candidate.plate === plate);
      const known = before.find((candidate) => candidate.plate === plate);
      return state || !known ? mountedPlateOf(device, plate, state) : known;
    });
    benchStatus.update({mount: {plates, utc: utcOf()}});
  };

/** A plate and its axes, as far as they are known. */
function mountedPlateOf(
  device: MountDevice,
  plate: number,
  state: PlateReport | undefined,
): MountStatus['plates'][number] {
  const limits = device.limitsOf(plate);
  const maxima = device.correctionLimitsOf(plate);
  return {
    plate,
    axes: plateAxes.flatMap((name) => {
      const own = limits[name];
      if (!own) return [];
      return [
        {
          name,
          unit: name === 'rotationDeg' ? ('deg' as const) : ('mm' as const),
          offset: state?.offset[name] ?? null,
          target: state?.target?.[name] ?? null,
          limits: own,
          maxCorrection: maxima[name] ?? 0,
        },
      ];
    }),
    isMoving: state?.isMoving ?? false,
    problem: state?.problem ?? '',
    unproven: {...state?.unproven},
  };
}

const watchedOfSource = [
  'isOutputOn',
  'outputFrequencyHz',
  'powerDbm',
  'isModulationOn',
  'modulationHz',
] as const;

const utcOf = (): string => new Date().toISOString();

const isSamePlace = (a: PositionMm, b: PositionMm): boolean =>
  (['x', 'y', 'z'] as const).every((axis) => Math.abs((a[axis] ?? 0) - (b[axis] ?? 0)) <= samePlaceMm);
