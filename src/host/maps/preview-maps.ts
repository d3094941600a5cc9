import type {MapArrayFacts, MapPlate, MapPreview} from '../../contract/api/index.ts';
import {benchErrorFrom} from '../../contract/errors.ts';
import type {MapDesign, MapSources} from '../../contract/map-import.ts';
import {mapStatistics} from '../../twin/maps/map-statistics.ts';
import {cornersOf} from '../../twin/maps/oriented-map.ts';
import {thinnedPlane} from '../designs/plate-planes.ts';
import {readMapFiles} from './chosen-planes.ts';
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
  const files = await readMapFiles(sources);
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
      plates: prepared.planes.map((_, i) => plateOf(prepared, i, design)),
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

function plateOf(
  {frame, planes, heightsMm, printed}: PreparedMapDesign,
  index: number,
  {answers}: MapDesign,
): MapPlate {
  const values = heightsMm[index];
  const {min, max, mean, histogram} = mapStatistics(values);
  const {first, rowEnd} = cornersOf(answers.orientation);
  return {
    plate: index + 1,
    from: planes[index].from,
    heightMm: thinnedPlane({grid: plateGridOf(frame, index), values}, 'mm'),
    minMm: min ?? 0,
    maxMm: max ?? 0,
    meanMm: mean ?? 0,
    histogram,
    firstNumberAt: first,
    firstRowEndsAt: rowEnd,
    heightCount: new Set(values).size,
    printedHeightCount: printed ? printed[index].heightCount : null,
    rounding: printed ? printed[index].rounding : null,
    missingCount: 0,
  };
}
