import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {createRandom} from '../base/random.ts';
import {hasRelief, type DesignFile} from '../contract/design-file.ts';
import {frequenciesOf} from '../contract/spectrum.ts';
import {parseDesign} from '../twin/design/load.ts';
import type {VirtualInstrument} from './byte-line.ts';
import {noFaults, withFaults, type Faults} from './faults.ts';
import {
  byName,
  detectorNames,
  instrumentNames,
  virtualDetectors,
  type DetectorName,
  type InstrumentName,
} from './instrument-list.ts';
import {Grbl} from './instruments/grbl.ts';
import {ScpiSource} from './instruments/scpi-source.ts';
import type {Zaber} from './instruments/zaber.ts';
import type {ZaberFirmware} from './instruments/zaber-firmware.ts';
import {createPlateMounts} from './plate-mounts.ts';
import {PlateHolders, type HolderPlaces} from './plate-holders.ts';
import {profiles, type ProfileName} from './profiles.ts';
import {OpticalScene} from './scene-optical.ts';
import {createSpotScene, type MountedObject, type Scene} from './scene.ts';
import {revealScene, type SceneTruth} from './scene-truth.ts';
import type {SceneSettings} from './scene-settings.ts';
import {createVirtualTime, type VirtualTime} from './time.ts';
import {Wiring} from './wiring.ts';

export interface BenchOptions {
  readonly seed?: number;
  /** Bench time per real time; `Infinity` for no physical delay. */
  readonly speed?: number;
  readonly hasNoise?: boolean;
  /** Folder of the design whose plates stand on the bench; without one the light is a plain spot. */
  readonly designFolder?: string | undefined;
  readonly profile?: ProfileName;
  /** Each plate stands on a motorised mount; needs a design. */
  readonly hasMounts?: boolean;
  /** Of the mounts' controllers. */
  readonly mountFirmware?: ZaberFirmware | undefined;
  readonly settings?: SceneSettings;
  readonly time?: VirtualTime;
  readonly onFailure?: (error: Error) => void;
}

export type BenchInstruments = Readonly<Record<Exclude<InstrumentName, 'zaber'>, VirtualInstrument>> & {
  readonly zaber?: VirtualInstrument;
};

/** The instruments, wired through a scene, in this process. */
export interface InProcessBench {
  readonly time: VirtualTime;
  /** As the seed has drawn it; `holders.truth()` is how it is now. */
  readonly truth: SceneTruth;
  readonly holders: PlateHolders;
  readonly stage: Grbl;
  /** All of them read the same power detector. */
  readonly detectors: Readonly<Record<DetectorName, VirtualInstrument>>;
  readonly source: ScpiSource;
  readonly mounts: Zaber | undefined;
  readonly wiring: Wiring;
  readonly faults: Readonly<Record<InstrumentName, Faults>>;
  /** By name, behind wires that obey `faults`. */
  readonly instruments: BenchInstruments;
  /** Resolves when there is light. */
  readonly ready: Promise<void>;
  mountObject(object: MountedObject | null): Promise<void>;
  /** Does something to the plates and resolves when the light has followed. */
  changePlates(change: (holders: PlateHolders) => void): Promise<void>;
  dispose(): Promise<void>;
}

export function createBench(options: BenchOptions = {}): InProcessBench {
  const {seed = 1, speed = 1, hasNoise = true, designFolder, profile = 'power-on', settings} = options;
  const time = options.time ?? createVirtualTime(speed);
  const design = designFolder === undefined ? undefined : readDesign(designFolder);
  const drawn = {...(settings && {settings}), ...(design && {layerCount: design.layers.length})};
  const truth = revealScene(seed, drawn);
  const {axisBodyMm, ...stageProfile} = profiles[profile];
  const stage = new Grbl({time, ...stageProfile});
  const source = new ScpiSource({time});
  let announce = (): void => undefined;
  const scene = createScene(options, design, truth, () => announce());
  const wiring = new Wiring({time, truth, scene, stage, source, axisBodyMm, hasNoise});
  announce = () => wiring.announce();
  const detectors = byName(detectorNames, (name) =>
    virtualDetectors[name].create({time, input: wiring, random: createRandom(seed)}),
  );
  const faults = byName(instrumentNames, noFaults);
  const holders = new PlateHolders(truth, design && placesOf(design));
  const changePlates = async (change: (holders: PlateHolders) => void): Promise<void> => {
    change(holders);
    wiring.announce();
    await scene.setPlates(holders.stands());
  };
  const moveWithMount = (change: (holders: PlateHolders) => void): void => {
    // The mount's way is done; the light follows by itself, and nothing is read before it has.
    changePlates(change).catch((error: Error) => options.onFailure?.(error));
  };
  const mounts =
    options.hasMounts === true && design
      ? createPlateMounts(time, placesOf(design), moveWithMount, options.mountFirmware)
      : undefined;
  return {
    time,
    truth,
    holders,
    mounts,
    changePlates,
    stage,
    detectors,
    source,
    wiring,
    faults,
    instruments: {
      ...byName(detectorNames, (name) => withFaults(detectors[name], faults[name])),
      grbl: withFaults(stage, faults.grbl),
      'scpi-source': withFaults(source, faults['scpi-source']),
      ...(mounts && {zaber: withFaults(mounts, faults.zaber)}),
    },
    ready: scene instanceof OpticalScene ? scene.ready : Promise.resolve(),
    async mountObject(object) {
      wiring.announce();
      await scene.mountObject(object);
    },
    async dispose() {
      const parts = [...Object.values(detectors), stage, source, mounts, time];
      for (const part of parts) part?.dispose();
      await scene.dispose();
    },
  };
}

const readDesign = (folder: string): DesignFile =>
  parseDesign(readFileSync(join(folder, 'design.json'), 'utf8'));

/** The light behind the plates of a design; a plain spot without one. */
function createScene(
  {designFolder, onFailure}: BenchOptions,
  design: DesignFile | undefined,
  truth: SceneTruth,
  onCurrent: () => void,
): Scene {
  if (design === undefined || designFolder === undefined) return createSpotScene();
  return new OpticalScene({designFolder, truth, frequenciesHz: frequenciesOf(design)}, onCurrent, onFailure);
}

const placesOf = ({layers, detector, grid}: DesignFile): HolderPlaces => ({
  zMm: layers.map(({zMm}) => zMm),
  outputZMm: detector.zMm,
  sideMm: grid.count * grid.pitchMm,
  pixelCounts: layers.map((layer) => (hasRelief(layer) ? grid.count ** 2 : 0)),
});

/** The design that a folder holds, or undefined when there is none: then the light is a plain spot. */
export const findDesign = (folder: string): string | undefined =>
  existsSync(join(folder, 'design.json')) ? folder : undefined;
