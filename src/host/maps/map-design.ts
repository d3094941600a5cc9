import {encodeNpy} from '../../base/npy.ts';
import {digitsText} from '../../base/number-format.ts';
import {countOf} from '../../base/count-text.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import {createDigitRegions} from '../../contract/digit-regions.ts';
import {BenchError} from '../../contract/errors.ts';
import type {MapDesign, MapGeometry} from '../../contract/map-import.ts';
import type {Grid} from '../../contract/optics.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {loadDesign, type Design} from '../../twin/design/load.ts';
import {fitMap} from '../../twin/maps/fitted-map.ts';
import {mapHeightsMm, roundToLevels, turnHeightMm} from '../../twin/maps/map-heights.ts';
import {orientMap} from '../../twin/maps/oriented-map.ts';
import {assertPrintable, printWarnings} from '../../twin/print/assert-printable.ts';
import {printedHeightsOf, type PrintedHeights} from '../../twin/print/printed-heights.ts';
import {defaultDesignFolder} from '../designs/default-design.ts';
import {loadDesignFolder, type SavedLayer} from '../designs/design-folder.ts';
import {chosenPlanes, mapRefused, type ChosenPlane} from './chosen-planes.ts';
import type {MapFile} from './read-map-file.ts';

type Layer = Omit<SavedLayer, 'heightsMm' | 'mask'>;

/** Everything of a design but its reliefs and its name. */
export interface DesignFrame {
  readonly description: Omit<DesignFile, 'contentHash' | 'layers' | 'name' | 'training'>;
  readonly layers: readonly Layer[];
  /** What the geometry came from, for the record: `digits (sha256:...)`. */
  readonly text: string;
}

/** A design made of maps, with everything behind it that could be refused. */
export interface PreparedMapDesign {
  readonly frame: DesignFrame;
  readonly planes: readonly ChosenPlane[];
  readonly heightsMm: readonly Float32Array[];
  /** As the printer makes the plates; null without one. */
  readonly printed: readonly PrintedHeights[] | null;
  readonly warnings: readonly string[];
}

/**
 * Makes the plates of a design of maps. Throws `file/invalid` naming file and reason for maps that cannot be meant,
 * `plan/invalid` for another number of plates, an impossible geometry, or what the printer cannot make.
 */
export async function prepareMapDesign(
  {sources, answers, geometry, levels, printer}: MapDesign,
  files: ReadonlyMap<string, MapFile>,
): Promise<PreparedMapDesign> {
  const planes = chosenPlanes(sources, files, answers);
  const frame = await frameOf(geometry, planes, levels);
  const wavelengthMm = wavelengthMmFromHz(frame.description.frequencyHz);
  const heightsMm = planes.map((plane, i) => plateHeights(plane, {frame, index: i, answers, levels}));
  const design = await checkedDesign(frame, heightsMm);
  const printed =
    printer &&
    design.layers.map((relief, i) => printedHeightsOf({relief, wavelengthMm, ...frame.layers[i]}, printer));
  if (printer && printed) assertPrintable(design.file, printed, printer);
  const warnings = printer && printed ? printWarnings(design.file, printed, printer) : [];
  return {frame, planes, heightsMm, printed, warnings};
}

/** The samples of a plate of a frame. */
export const plateGridOf = ({description: {grid}, layers}: DesignFrame, index: number): Grid => {
  const {pitchMm} = layers[index];
  return {count: Math.round((grid.count * grid.pitchMm) / pitchMm), pitchMm};
};

function plateHeights(
  plane: ChosenPlane,
  {
    frame,
    index,
    answers,
    levels,
  }: {readonly frame: DesignFrame; readonly index: number} & Pick<MapDesign, 'answers' | 'levels'>,
): Float32Array {
  const {from, rows, columns} = plane;
  const {refractiveIndex, levels: layerLevels} = frame.layers[index];
  const material = {wavelengthMm: wavelengthMmFromHz(frame.description.frequencyHz), refractiveIndex};
  try {
    const values = mapHeightsMm(plane, answers, material);
    const oriented = orientMap({rows, columns, values}, answers.orientation);
    const fitted = fitMap(oriented, plateGridOf(frame, index), answers);
    const heights = withoutNegative(fitted);
    const {quantity} = answers;
    const isWrapped = quantity.kind === 'phase' && quantity.wrap;
    const rounded =
      levels && layerLevels
        ? roundToLevels(heights, layerLevels, isWrapped ? Math.abs(turnHeightMm(material)) : null)
        : heights;
    return Float32Array.from(rounded);
  } catch (error) {
    throw mapRefused(from, error instanceof Error ? error.message : String(error), error);
  }
}

/** Rounding of a sum of doubles, mm. */
const noHeightMm = 1e-6;

/** Heights from 0; throws Error for what lies below, and for missing values. */
function withoutNegative(heightsMm: Float64Array): Float64Array {
  const missing = heightsMm.reduce((count, value) => (Number.isNaN(value) ? count + 1 : count), 0);
  if (missing > 0)
    throw new Error(
      `${countOf(missing, 'of its numbers is', 'of its numbers are')} missing (NaN) where a plate needs a height; fill them in first`,
    );
  const lowest = heightsMm.reduce((least, value) => Math.min(least, value), Infinity);
  if (lowest < -noHeightMm)
    throw new Error(
      `its lowest height would be ${digitsText(lowest, 4)} mm; heights are counted up from the base: add an offset, wrap the phases, or take the other sign`,
    );
  return heightsMm.map((value) => Math.max(0, value));
}

async function frameOf(
  geometry: MapGeometry,
  planes: readonly ChosenPlane[],
  levels: MapDesign['levels'],
): Promise<DesignFrame> {
  const frame =
    geometry.kind === 'like' ? await likeFrame(geometry, planes) : newFrame(geometry, planes.length);
  const wavelengthMm = wavelengthMmFromHz(frame.description.frequencyHz);
  const layers = frame.layers.map((layer) => ({
    ...layer,
    levels: levels && {
      count: levels.count,
      maximumMm:
        levels.maximumMm ??
        (Math.abs(turnHeightMm({wavelengthMm, refractiveIndex: layer.refractiveIndex})) *
          (levels.count - 1)) /
          levels.count,
    },
  }));
  return {...frame, layers};
}

async function likeFrame(
  {folder = defaultDesignFolder}: Extract<MapGeometry, {kind: 'like'}>,
  planes: readonly ChosenPlane[],
): Promise<DesignFrame> {
  const {file} = await loadDesignFolder(folder);
  const {format, version, frequencyHz, grid, illumination, object, detector} = file;
  if (file.layers.length !== planes.length)
    throw new BenchError(
      'plan/invalid',
      `The design ${file.name} has ${countOf(file.layers.length, 'plate')}, and the files hold ${countOf(planes.length, 'map')} (${planes.map(({from}) => from).join(', ')}). Nothing was imported. Name a file, or an array of one, for each plate, in their order.`,
    );
  return {
    description: {format, version, frequencyHz, grid, illumination, object, detector},
    layers: file.layers.map(
      ({zMm, baseMm, pitchMm, refractiveIndex, extinction, reliefFaces, dispersion}) => ({
        ...{zMm, baseMm, pitchMm, refractiveIndex, extinction, reliefFaces},
        ...(dispersion && {dispersion}),
        levels: null,
      }),
    ),
    text: `${file.name} (${file.contentHash})`,
  };
}

function newFrame(geometry: Extract<MapGeometry, {kind: 'new'}>, plateCount: number): DesignFrame {
  const {frequencyHz, count, pitchMm, gapMm, regionMm, objectSideMm, objectKind, illumination} = geometry;
  const {baseMm, refractiveIndex, extinction, phaseTurns} = geometry;
  return {
    description: {
      format: 'd2nn-bench/design',
      version: 1,
      frequencyHz,
      grid: {count, pitchMm},
      illumination,
      object: {
        kind: objectKind,
        imageCount: 28,
        sideMm: objectSideMm,
        interpolation: 'bilinear',
        threshold: 0.5,
        ...(objectKind === 'phase' && {phaseTurns}),
      },
      detector: {zMm: gapMm * (plateCount + 1), regions: createDigitRegions(count * pitchMm, regionMm)},
    },
    layers: Array.from({length: plateCount}, (_, i) => ({
      zMm: gapMm * (i + 1),
      baseMm,
      pitchMm,
      refractiveIndex,
      extinction,
      reliefFaces: 'detector' as const,
      levels: null,
    })),
    text: 'named with the import',
  };
}

const noHash = '0'.repeat(64);

/** The design as it will be read from its folder; throws what reading it would. */
function checkedDesign(frame: DesignFrame, heightsMm: readonly Float32Array[]): Promise<Design> {
  const names = heightsMm.map((_, i) => `plate ${i + 1}`);
  const file: DesignFile = {
    ...frame.description,
    name: 'import',
    contentHash: `sha256:${noHash}`,
    layers: frame.layers.map((layer, i) => ({...layer, heightMap: names[i], sha256: noHash})),
  };
  return loadDesign((name) => {
    const heights = heightsMm.at(names.indexOf(name));
    if (name === 'design.json' || !heights)
      return Promise.resolve(new TextEncoder().encode(JSON.stringify(file)));
    const side = Math.round(Math.sqrt(heights.length));
    return Promise.resolve(encodeNpy({shape: [side, side], dtype: '<f4', re: heights}));
  });
}
