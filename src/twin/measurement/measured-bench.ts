import {createRandom, type Random} from '../../base/random.ts';
import {hasRelief} from '../../contract/design-file.ts';
import type {Illumination} from '../../contract/illumination.ts';
import type {MeasurementCause, MeasurementModel} from '../../contract/measurement.ts';
import {positionMm, type ComplexPlane, type Grid} from '../../contract/optics.ts';
import {noPlacement, type Placement} from '../../contract/placement.ts';
import {frequenciesOf} from '../../contract/spectrum.ts';
import {designAt} from '../design/at-frequency.ts';
import {modelFrom, type Design} from '../design/load.ts';
import {illuminationAt} from '../field/illumination-at.ts';
import type {PlateModel} from '../layers/plate.ts';
import {reliefExtentOf} from '../layers/relief.ts';
import {heightNoise, printRelief} from '../layers/print-roughness.ts';
import {createProbeReader, type Points} from '../layers/probe.ts';
import {createOpticalSystem, type OpticalModel, type OpticalSystem} from '../layers/system.ts';
import {
  computePlaneWeights,
  computeRegionEnergies,
  computeScanWeights,
  type RegionWeights,
} from '../metrics/regions.ts';

/** What one bench reads of a design. */
export interface MeasuredBench {
  /** Energies of the regions and the power behind the object, in the same unit. */
  read(object: ComplexPlane): {readonly energies: Float64Array; readonly inputPower: number};
}

/** Which causes act, and the seed of everything that is drawn for the bench. */
export interface BenchDraw {
  readonly causes: readonly MeasurementCause[];
  readonly seed: string;
}

/** A model and what of it acts. */
export interface DrawnModel extends BenchDraw {
  readonly model: MeasurementModel;
}

/**
 * A bench on which a design is measured as a model says, with only some of its causes: without any it is the design's
 * own simulation, one sample a pixel, in the design's light, each sample of the plane read as a point. The frame of
 * the output plane is where it is designed: what it is off is found by registration.
 */
export function createMeasuredBench(design: Design, model: MeasurementModel, draw: BenchDraw): MeasuredBench {
  const bench = createSharedBench(design, {...draw, model}, [{...draw, model}]);
  return {
    read(object) {
      const {energies, inputPower} = bench.read(object);
      return {energies: energies[0], inputPower};
    },
  };
}

/** One bench whose planes are read in several ways. */
export interface SharedBench {
  /** Energies of the regions, of all planes, one list for each way, and the power behind the object. */
  read(object: ComplexPlane): {readonly energies: readonly Float64Array[]; readonly inputPower: number};
}

/**
 * As `createMeasuredBench`, with several ways to read the same planes: `optics` says what light meets on its way and
 * which probe reads it, each of `readings` how the plane is scanned and with which noise.
 */
export function createSharedBench(
  design: Design,
  optics: DrawnModel,
  readings: readonly DrawnModel[],
): SharedBench {
  const {file} = design;
  const planes = frequenciesOf(file).map((frequencyHz, i) =>
    createPlaneBench(
      designAt(design, frequencyHz),
      atFrequency(optics, file.frequencyHz, frequencyHz),
      // Each plane is a scan of its own: the same points, other noise.
      readings.map((reading) => ({...reading, noise: i})),
    ),
  );
  return {
    read(object) {
      const read = planes.map((plane) => plane.read(object));
      return {
        energies: readings.map((_, i) => joined(read.map(({energies}) => energies[i]))),
        inputPower: read.reduce((sum, {inputPower}) => sum + inputPower, 0),
      };
    },
  };
}

/** One after the other. */
const joined = (parts: readonly Float64Array[]): Float64Array =>
  parts.length === 1 ? parts[0] : Float64Array.from(parts.flatMap((part) => Array.from(part)));

const atFrequency = (optics: DrawnModel, knownHz: number, frequencyHz: number): DrawnModel => ({
  ...optics,
  model: {
    ...optics.model,
    illumination: illuminationAt(optics.model.illumination, knownHz, frequencyHz),
  },
});

/** The bench at one frequency. */
function createPlaneBench(
  design: Design,
  optics: DrawnModel,
  readings: readonly NumberedReading[],
): SharedBench {
  const system = createBenchOptics(design, optics);
  const probe = optics.causes.includes('probe') ? optics.model.probe : ({kind: 'point'} as const);
  const {wavelengthMm} = modelFrom(design);
  const readers = readings.map((reading) => createPowerReader(design, system.grid, reading));
  return {
    read(object) {
      const powersAt = createProbeReader(system.propagate(object), wavelengthMm, probe);
      return {
        energies: readers.map((read) => read(powersAt)),
        inputPower: system.inputPower(object),
      };
    },
  };
}

/** A way of reading, and the number of the plane, which has noise of its own. */
interface NumberedReading extends DrawnModel {
  readonly noise: number;
}

/** Light, object and plates of a drawn bench. */
export function createBenchOptics(design: Design, {model, causes, seed}: DrawnModel): OpticalSystem {
  const has = (cause: MeasurementCause): boolean => causes.includes(cause);
  const own = modelFrom(design);
  const oversample = has('pixels') ? model.samplesPerPixel : 1;
  const drawn = has('placement')
    ? drawPlacement(own, model, createRandom(seed).fork('placement'))
    : undefined;
  const light = has('light') ? model.illumination : own.illumination;
  return createOpticalSystem(
    {
      ...own,
      ...(has('thickness') && model.plateOptics ? {plateOptics: model.plateOptics} : {}),
      illumination: drawn ? shifted(light, drawn.lightMm) : light,
      plates: own.plates.map((plate, i) => ({
        ...(has('print') && hasRelief(design.file.layers[i])
          ? printed(plate, model, {oversample, seed: `${seed}/${i}`})
          : plate),
        placement: drawn?.plates[i],
      })),
      ...(drawn ? {placement: {object: drawn.object}} : {}),
    },
    {method: 'rs', oversample},
  );
}

/** Reads the regions' energies of a plane; noise goes on from plane to plane. */
function createPowerReader(
  design: Design,
  grid: Grid,
  {model, causes, seed, noise: plane}: NumberedReading,
): (powersAt: (points: Points) => Float64Array) => Float64Array {
  const random = createRandom(seed);
  const {points, weights} = causes.includes('scan')
    ? scanReading(design, model.scanStepMm, random.fork('scan'))
    : planeReading(design, grid);
  const noise = random.fork(plane === 0 ? 'noise' : `noise ${plane}`);
  return (powersAt) => {
    const powers = powersAt(points);
    if (causes.includes('noise')) addNoise(powers, model.noiseRatio, noise);
    return computeRegionEnergies(weights, powers);
  };
}

/** Points at which a plane is read, and the region that each belongs to with which part of its cell. */
interface PlaneReading {
  readonly points: Points;
  readonly weights: readonly RegionWeights[];
}

/** Every sample of the plane that lies in a region. */
function planeReading({file}: Design, grid: Grid): PlaneReading {
  return onlyUsed(computePlaneWeights(grid, file.detector.regions), (i) => [
    positionMm(grid, i % grid.count),
    positionMm(grid, Math.floor(i / grid.count)),
  ]);
}

/** The points of a raster scan over the plane. */
function scanReading({file}: Design, stepMm: number, random: Random): PlaneReading {
  const sideMm = file.grid.count * file.grid.pitchMm;
  const count = Math.floor(sideMm / stepMm);
  const from = (): number => (-(count - 1) / 2 + random.uniform() - 0.5) * stepMm;
  const [x0, y0] = [from(), from()];
  const total = count * count;
  const xMm = Float64Array.from({length: total}, (_, i) => x0 + (i % count) * stepMm);
  const yMm = Float64Array.from({length: total}, (_, i) => y0 + Math.floor(i / count) * stepMm);
  const weights = computeScanWeights(
    {xMm, yMm, cellWidthMm: stepMm, cellHeightMm: stepMm},
    file.detector.regions,
  );
  return onlyUsed(weights, (i) => [xMm[i], yMm[i]]);
}

/** The points that some region uses, and the weights by their new numbers. */
function onlyUsed(
  weights: readonly RegionWeights[],
  placeOf: (index: number) => readonly [xMm: number, yMm: number],
): PlaneReading {
  const used = [...new Set(weights.flatMap(({index}) => Array.from(index)))];
  const places = used.map(placeOf);
  const numberOf = new Map(used.map((index, i) => [index, i]));
  return {
    points: {xMm: places.map(([x]) => x), yMm: places.map(([, y]) => y)},
    weights: weights.map((region) => ({
      ...region,
      index: region.index.map((index) => numberOf.get(index) ?? 0),
    })),
  };
}

function printed(
  plate: PlateModel,
  {heightNoise: roughness, indexError}: MeasurementModel,
  {oversample, seed}: {readonly oversample: number; readonly seed: string},
): PlateModel {
  const {count, pitchMm} = plate.relief.grid;
  const fine = {count: count * oversample, pitchMm: pitchMm / oversample};
  const noise = roughness.rmsMm > 0 ? heightNoise(fine, roughness, `${seed}/height noise`) : null;
  return {
    ...plate,
    // Roughness does not move a plate.
    extent: reliefExtentOf(plate),
    relief: printRelief(plate.relief, oversample, noise),
    refractiveIndex: plate.refractiveIndex + indexError,
  };
}

interface DrawnPlacement {
  readonly plates: readonly Placement[];
  readonly object: Placement;
  readonly lightMm: readonly [xMm: number, yMm: number];
}

/** Where the parts of a bench stand, and how far its light lies off the axis. */
export function drawPlacement(
  {plates}: Pick<OpticalModel, 'plates'>,
  {plates: sigma, objectLateralMm, lightOffCenterMm, distribution}: MeasurementModel,
  random: Random,
): DrawnPlacement {
  const angle = 2 * Math.PI * random.uniform();
  const off = (size: number): number =>
    size * (distribution === 'normal' ? random.normal() : Math.sqrt(3) * (2 * random.uniform() - 1));
  return {
    plates: plates.map(() => ({
      ...noPlacement,
      dxMm: off(sigma.lateralMm),
      dyMm: off(sigma.lateralMm),
      dzMm: off(sigma.axialMm),
      rotationDeg: off(sigma.rotationDeg),
    })),
    object: {...noPlacement, dxMm: off(objectLateralMm), dyMm: off(objectLateralMm)},
    lightMm: [lightOffCenterMm * Math.cos(angle), lightOffCenterMm * Math.sin(angle)],
  };
}

/** A beam whose centre lies elsewhere; a plane wave has none. */
const shifted = (light: Illumination, [xMm, yMm]: DrawnPlacement['lightMm']): Illumination =>
  light.kind === 'gaussian-beam'
    ? {...light, centerXMm: light.centerXMm + xMm, centerYMm: light.centerYMm + yMm}
    : light;

/** Adds noise to every point in place; `noiseRatio` is of the brightest one. */
export function addNoise(powers: Float64Array, noiseRatio: number, random: Random): void {
  const brightest = powers.reduce((most, power) => Math.max(most, power), 0);
  for (let i = 0; i < powers.length; i++) powers[i] += noiseRatio * brightest * random.normal();
}
