import type {Clock} from '../../base/clock.ts';
import {mountSchema, type BenchFile, type LinkConfig, type MountConfig} from '../../contract/bench-file.ts';
import type {SettingValue} from '../../contract/devices.ts';
import {BenchError} from '../../contract/errors.ts';
import type {OperatorRequest} from '../../contract/messages.ts';
import type {QuestionHandler, SettingsPolicy} from '../../contract/questions.ts';
import type {ConnectedBench} from '../devices/registry.ts';
import type {Suspender} from '../../contract/suspender.ts';
import type {Reconnect} from '../engine/reach.ts';
import type {Surroundings} from '../engine/suspenders.ts';

/** Does by hand what a plan asks for; resolves when it is done, rejects when it will not be. */
export type BenchOperator = (
  request: OperatorRequest,
  options: {readonly signal: AbortSignal},
) => Promise<void>;

/** A design whose plates stand on a bench. */
export interface StandingDesign {
  readonly folder: string;
  readonly name: string;
  readonly contentHash: string;
}

/** A bench with its instruments connected and RF off. Disposing turns RF off, closes links, ends a virtual bench. */
export interface OpenBench extends AsyncDisposable {
  readonly file: BenchFile;
  readonly devices: ConnectedBench;
  readonly clock: Clock;
  readonly operator: BenchOperator;
  /** Asks a person for a decision; undefined where nobody can answer. */
  readonly ask?: QuestionHandler | undefined;
  /** What becomes of settings that nobody named and that change what readings mean; asked by default. */
  readonly settingsPolicy?: SettingsPolicy | undefined;
  /** What suspends a run, instead of what the bench file says. */
  readonly suspenders?: readonly Suspender[] | undefined;
  /** What the host knows beside the instruments. */
  readonly surroundings?: BenchSurroundings | undefined;
  /** Takes the place of an instrument that is out of reach. */
  readonly reconnect: Reconnect;
  readonly isVirtual: boolean;
  /** Whose plates stand on a virtual bench; undefined where only people know. */
  readonly design?: StandingDesign | undefined;
  /** Which of the virtual benches of one name it is. */
  readonly seed?: number | undefined;
  /** Factor on every time limit of the instruments; 1 unless given. */
  readonly timeoutScale?: number | undefined;
}

/** What the host knows of the place where a bench is run: see `Surroundings` of the engine. */
export type BenchSurroundings = Omit<Surroundings, 'readInput'>;

/** Where a virtual instrument listens. */
export interface VirtualInstrument {
  readonly role: string;
  readonly path?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** Of a detector: what the bench file says of it. */
  readonly detector?:
    | {readonly driver: string; readonly settings: Readonly<Record<string, SettingValue>>}
    | undefined;
  /** Of a mount: plates that it carries. */
  readonly plateCount?: number | undefined;
}

/** A running virtual bench, whoever runs it. */
export interface VirtualBenchHandle extends AsyncDisposable {
  readonly instruments: readonly VirtualInstrument[];
  readonly seed?: number | undefined;
  /** Null: an open frame. */
  mountObject(
    object: {
      label: string;
      grid: {count: number; pitchMm: number};
      amplitude: Float32Array;
    } | null,
  ): Promise<void>;
  /** Plates, from 1, that stand in the bench afterwards. */
  setPlatesPresent(plates: readonly number[]): Promise<void>;
  /** Puts another plate in the place of one (from 1), printed with these heights, mm above the base, row by row. */
  exchangePlate(plate: number, heightsMm: Float32Array): Promise<void>;
  blockBeam(): Promise<void>;
  unblockBeam(): Promise<void>;
}

/** Does on a virtual bench what an operator would. */
export const robotOf =
  (virtual: VirtualBenchHandle): BenchOperator =>
  (request) => {
    switch (request.kind) {
      case 'mount-object':
        return virtual.mountObject({
          label: request.label,
          grid: request.grid,
          amplitude: Float32Array.from(request.amplitude),
        });
      case 'set-plates':
        return virtual.setPlatesPresent(request.plates);
      case 'exchange-plate':
        return virtual.exchangePlate(request.plate, Float32Array.from(request.heightsMm));
      case 'open-frame':
        return virtual.mountObject(null);
      case 'block-beam':
        return virtual.blockBeam();
      case 'unblock-beam':
        return virtual.unblockBeam();
    }
  };

/** Homing leaves the detector in the output plane, a little before the end of its way. */
const virtualZAxis = {
  machineAxis: 'z',
  direction: 1,
  originMm: -1,
  limitsMm: [-8, 0.9],
} satisfies NonNullable<BenchFile['stage']['axes']['z']>;

/**
 * The bench file of the virtual bench: what its operator knows. The stage's machine zero lies at the far corner
 * after homing; the optical axis at machine -60, -60 mm.
 */
export function virtualBenchFile(
  instruments: readonly VirtualInstrument[],
  {hasZAxis = false}: {readonly hasZAxis?: boolean} = {},
): BenchFile {
  const linkOf = (role: string): BenchFile['stage']['link'] => linkTo(instruments, role);
  const mount = instruments.find(({role}) => role === 'mount');
  const {role: detectorRole, detector} =
    instruments.find((instrument) => instrument.detector !== undefined) ?? {};
  if (detectorRole === undefined || detector === undefined)
    throw new BenchError('internal', 'The virtual bench started without a detector.');
  const axis = (machineAxis: 'x' | 'y') =>
    ({machineAxis, direction: 1, originMm: -60, limitsMm: [-50, 50] as [number, number]}) as const;
  return {
    format: 'd2nn-bench/bench',
    version: 1,
    name: 'virtual bench',
    stage: {
      role: 'stage',
      driver: 'grbl',
      link: linkOf('stage'),
      axes: {x: axis('x'), y: axis('y'), ...(hasZAxis && {z: virtualZAxis})},
      backlashMm: 0.2,
      toleranceMm: 0.005,
      homeAtStart: true,
      settings: {},
    },
    detector: {
      role: detectorRole,
      driver: detector.driver,
      link: linkOf(detectorRole),
      settings: {...detector.settings},
    },
    source: {
      role: 'source',
      driver: 'scpi-source',
      link: linkOf('source'),
      multiplier: 36,
      outputFrequencyHz: 4e11,
      powerDbm: 10,
      maxPowerDbm: 13,
      minPowerDbm: -20,
      modulationHz: 1000,
      warmUpS: 0,
      settings: {},
    },
    ...(mount && {mount: virtualMount(linkOf('mount'), mount.plateCount ?? 0)}),
    illumination: {
      kind: 'gaussian-beam',
      radiusMm: 30,
      centerXMm: 0,
      centerYMm: 0,
      curvatureRadiusMm: 600,
      tiltXDeg: 0,
      tiltYDeg: 0,
    },
    probe: {kind: 'mode', mode: 'te10', widthMm: 0.56, heightMm: 0.28},
  };
}

function linkTo(instruments: readonly VirtualInstrument[], role: string): BenchFile['stage']['link'] {
  const found = instruments.find((instrument) => instrument.role === role);
  if (found?.path !== undefined) return {port: found.path};
  if (found?.host !== undefined && found.port !== undefined) return {host: found.host, tcpPort: found.port};
  throw new BenchError('internal', `The virtual bench started without its ${role}.`);
}

/**
 * One controller per plate, addressed like the plates. Switched on, each axis stands in the middle of its travel, and
 * that is its zero. The travel along the beam depends on the design, so that a homed z axis has no known zero.
 */
function virtualMount(link: LinkConfig, plateCount: number): MountConfig {
  const mmPerStep = 0.000047625;
  const degPerStep = 0.000234375;
  const lateral = (axis: number) =>
    ({
      axis,
      direction: 1,
      mmPerStep,
      zeroSteps: Math.round(6.35 / mmPerStep),
      limitsMm: [-5, 5],
      maxCorrectionMm: 3,
    }) as const;
  return mountSchema.parse({
    driver: 'zaber',
    link,
    plates: Array.from({length: plateCount}, (_, i) => ({
      address: i + 1,
      axes: {
        x: lateral(1),
        y: lateral(2),
        z: {axis: 3, mmPerStep, limitsMm: [-4, 4], maxCorrectionMm: 2},
        rotation: {
          axis: 4,
          degPerStep,
          zeroSteps: Math.round(10 / degPerStep),
          limitsDeg: [-8, 8],
          maxCorrectionDeg: 4,
        },
      },
    })),
  });
}
