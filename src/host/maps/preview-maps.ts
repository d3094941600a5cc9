import type {MapArrayFacts, MapPlate, MapPreview} from '../../contract/api/index.ts';
import {benchErrorFrom} from '../../contract/errors.ts';
import type {MapDesign, MapSources} from '../../contract/map-import.ts';
import type {Grid} from '../../contract/optics.ts';
import {mapStatistics} from '../../twin/maps/map-statistics.ts';
import {cornersOf} from '../../twin/maps/oriented-map.ts';
import {passedRatioOf, thinnedPlane} from '../designs/plate-planes.ts';
import {readMapFiles} from './chosen-planes.ts';
import {allSourcesOf} from './plate-maps.ts';
import type {MappedMask} from './mapped-plate.ts';
import type {MapArray} from './map-array.ts';
import {plateGridOf, prepareMapDesign, type PreparedMapDesign} from './map-design.ts';
import type {MapFile} from './read-map-file.ts';

/** What is looked at: files, and what they would be where that was said. */
export interface MapPreviewRequest {
  readonly sources: MapSources;
  readonly design: MapDesign | null;
}

/**
 * What files hold and what plates would be made of them. A file that cannot be read is refused as by `readMapFile`; what
 * else stands in the way of an import is told as the preview's problem, beside the arrays.
 */
export async function previewMaps({sources, design}: MapPreviewRequest): Promise<MapPreview> {
  const files = await readMapFiles(design ? allSourcesOf(design) : sources);
  const preview = {
    arrays: [...files.values()].flatMap((file) => file.arrays.map((array) => factsOf(file, array))),
    notes: [...files.values()].flatMap((file) =>
      file.notes.map((note) => `${file.name} (${file.format}): ${note}`),
    ),
  };
  if (!design) return {...preview, plates: [], problem: '', warnings: []};
  try {
    const prepared = await prepareMapDesign(design, files);
    return {
      ...preview,
      plates: prepared.plates.map((_, i) => plateOf(prepared, i, design)),
      problem: '',
      warnings: [...prepared.warnings],
    };
  } catch (error) {
    return {...preview, plates: [], problem: benchErrorFrom(error).message, warnings: []};
  }
}

function factsOf(file: MapFile, {name, shape, dtype, re, im}: MapArray): MapArrayFacts {
  const values = im ? Float64Array.from(re, (value, i) => Math.hypot(value, im[i])) : re;
  return {file: file.name, name, shape: [...shape], dtype, ...mapStatistics(values)};
}

function plateOf({frame, plates, printed}: PreparedMapDesign, index: number, {answers}: MapDesign): MapPlate {
  const {heightsMm: values, neurons, relief, mask} = plates[index];
  const grid = plateGridOf(frame, index);
  const {min, max, mean, histogram} = mapStatistics(values);
  const {first, rowEnd} = cornersOf(answers.orientation);
  const print = relief && printed ? printed[index] : null;
  return {
    plate: index + 1,
    from: (relief ?? mask?.plane)?.from ?? '',
    neurons,
    heightMm: thinnedPlane({grid, values}, 'mm'),
    minMm: min ?? 0,
    maxMm: max ?? 0,
    meanMm: mean ?? 0,
    histogram,
    firstNumberAt: first,
    firstRowEndsAt: rowEnd,
    heightCount: new Set(values).size,
    printedHeightCount: print && print.heightCount,
    rounding: print && print.rounding,
    missingCount: 0,
    mask: mask && maskOf(mask, grid),
  };
}

function maskOf({plane, transmission, levels}: MappedMask, grid: Grid): NonNullable<MapPlate['mask']> {
  const {min, max, mean, histogram} = mapStatistics(transmission);
  return {
    from: plane.from,
    transmission: thinnedPlane({grid, values: transmission}, '1'),
    min: min ?? 0,
    max: max ?? 0,
    mean: mean ?? 0,
    passedRatio: passedRatioOf({values: transmission}),
    histogram,
    levels,
  };
}
