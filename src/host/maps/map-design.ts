import {encodeNpy} from '../../base/npy.ts';
import {countOf} from '../../base/count-text.ts';
import type {DesignFile, DesignLayer} from '../../contract/design-file.ts';
import {createDigitRegions} from '../../contract/digit-regions.ts';
import {BenchError} from '../../contract/errors.ts';
import type {MapDesign, MapGeometry} from '../../contract/map-import.ts';
import type {Grid} from '../../contract/optics.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {loadDesign, type Design} from '../../twin/design/load.ts';
import {turnHeightMm} from '../../twin/maps/map-heights.ts';
import {assertPrintable, printWarnings} from '../../twin/print/assert-printable.ts';
import {printedHeightsOf, type PrintedHeights} from '../../twin/print/printed-heights.ts';
import {defaultDesignFolder} from '../designs/default-design.ts';
import {loadDesignFolder, type SavedLayer} from '../designs/design-folder.ts';
import {foilWarnings} from '../print/plate-foils.ts';
import {planesOfPlates} from './plate-maps.ts';
import {greyMaskWarnings, mappedPlate, type MappedPlate} from './mapped-plate.ts';
import type {MapFile} from './read-map-file.ts';

type Layer = Omit<SavedLayer, 'heightsMm' | 'mask' | 'neurons'>;

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
  readonly plates: readonly MappedPlate[];
  /** As the printer makes the plates; null without one. */
  readonly printed: readonly PrintedHeights[] | null;
  readonly warnings: readonly string[];
}

/**
 * Makes the plates of a design of maps. Throws `file/invalid` naming file and reason for maps that cannot be meant,
 * `plan/invalid` for another number of plates, an impossible geometry, or what the printer cannot make.
 */
export async function prepareMapDesign(
  design: MapDesign,
  files: ReadonlyMap<string, MapFile>,
): Promise<PreparedMapDesign> {
  const {geometry, printer} = design;
  const planes = planesOfPlates(design, files);
  const frame = await frameOf(
    geometry,
    planes.map(({relief, mask}) => relief ?? mask),
    design.levels,
  );
  const wavelengthMm = wavelengthMmFromHz(frame.description.frequencyHz);
  const plates = planes.map((own, i) =>
    mappedPlate(own, {design, layer: frame.layers[i], grid: plateGridOf(frame, i), wavelengthMm}),
  );
  const checked = await checkedDesign(frame, plates);
  const printed =
    printer &&
    checked.layers.map((relief, i) => printedHeightsOf({relief, wavelengthMm, ...frame.layers[i]}, printer));
  if (printer && printed) assertPrintable(checked.file, printed, printer);
  const warnings = [
    ...(printer && printed ? printWarnings(checked.file, printed, printer) : []),
    ...foilWarnings(checked.file),
    ...greyMaskWarnings(plates),
  ];
  return {frame, plates, printed, warnings};
}

/** The samples of a plate of a frame. */
export const plateGridOf = ({description: {grid}, layers}: DesignFrame, index: number): Grid => {
  const {pitchMm} = layers[index];
  return {count: Math.round((grid.count * grid.pitchMm) / pitchMm), pitchMm};
};

/** The plates of a frame as they are saved. */
export const savedPlatesOf = (frame: DesignFrame, plates: readonly MappedPlate[]): SavedLayer[] =>
  frame.layers.map((layer, i) => {
    const {heightsMm, neurons, mask} = plates[i];
    return {
      ...layer,
      ...(neurons !== 'phase' && {neurons}),
      heightsMm,
      ...(mask && {mask: {transmission: mask.transmission, levels: mask.levels}}),
    };
  });

async function frameOf(
  geometry: MapGeometry,
  planes: readonly {readonly from: string}[],
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
  planes: readonly {readonly from: string}[],
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
function checkedDesign(frame: DesignFrame, plates: readonly MappedPlate[]): Promise<Design> {
  const maps = new Map<string, Float32Array>();
  const layers = savedPlatesOf(frame, plates).map(({heightsMm, mask, ...layer}, i): DesignLayer => {
    const [heightMap, transmissionMap] = [`plate ${i + 1}`, `mask of plate ${i + 1}`];
    maps.set(heightMap, heightsMm);
    if (mask) maps.set(transmissionMap, mask.transmission);
    return {
      ...layer,
      heightMap,
      sha256: noHash,
      ...(mask && {mask: {transmissionMap, sha256: noHash, levels: mask.levels}}),
    };
  });
  const file: DesignFile = {
    ...frame.description,
    name: 'import',
    contentHash: `sha256:${noHash}`,
    layers,
  };
  return loadDesign((name) => {
    const values = maps.get(name);
    if (!values) return Promise.resolve(new TextEncoder().encode(JSON.stringify(file)));
    const side = Math.round(Math.sqrt(values.length));
    return Promise.resolve(encodeNpy({shape: [side, side], dtype: '<f4', re: values}));
  });
}
