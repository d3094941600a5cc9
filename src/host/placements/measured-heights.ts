import {decodeNpy, encodeNpy} from '../../base/npy.ts';
import type {CalibrationValues} from '../../contract/stored/calibration-records.ts';
import {orientValues} from '../../twin/alignment/arrangement.ts';
import {createPrintHeights, type PrintHeights} from '../../twin/alignment/print-heights.ts';
import {parseDesign} from '../../twin/design/load.ts';
import type {PlateHeightErrors} from '../../twin/design/printed-design.ts';
import type {Store} from '../store/open-store.ts';
import type {StoredAlignment} from './alignment-records.ts';
import type {PlacementPlace} from './placements.ts';

/** Kind of the calibration that keeps the measured heights of a printed plate. */
export const measuredHeightsKind = 'plate-heights';

type MeasuredHeightsRecord = CalibrationValues[typeof measuredHeightsKind];

/**
 * Keeps the measured height errors of one plate, mm (row = y, column = x, as the plate was designed), as an artifact of
 * the kind that alignments keep theirs in, and the record of where they came from; returns the record's uid.
 */
export function storeMeasuredHeights(
  store: Store,
  sessionUid: string,
  errorsMm: Float32Array,
  record: Omit<MeasuredHeightsRecord, 'artifactUid'>,
): string {
  const side = Math.round(Math.sqrt(errorsMm.length));
  const artifactUid = store.addArtifact({
    sessionUid,
    kind: 'print-heights',
    name: `print-heights-plate-${record.plate + 1}.npy`,
    mediaType: 'application/x-npy',
    bytes: encodeNpy({shape: [1, side, side], dtype: '<f4', re: errorsMm}),
    metadata: {unit: 'mm', axes: ['place along the beam', 'row (y)', 'column (x)']},
  });
  return store.addCalibration({kind: measuredHeightsKind, sessionUid, value: {...record, artifactUid}});
}

/** Measured heights of the plates of a bench: the newest map of each. */
export interface MeasuredHeights extends PlateHeightErrors {
  /** Of the maps' artifacts. */
  readonly artifactUids: readonly string[];
  /** Counted from 0, in rising order. */
  readonly plates: readonly number[];
}

/** Undefined where no plate of a bench with this design was measured. */
export function measuredHeightsOf(store: Store, place: PlacementPlace): MeasuredHeights | undefined {
  const newest = newestMaps(store, place);
  if (newest.size === 0) return undefined;
  const plates = [...newest.keys()].sort((a, b) => a - b);
  const errorsMm = Array.from({length: Math.max(...plates) + 1}, (_, plate) => {
    const uid = newest.get(plate);
    return uid === undefined ? null : readErrors(store, uid);
  });
  const artifactUids = plates.flatMap((plate) => newest.get(plate) ?? []);
  return {id: artifactUids.join(' '), artifactUids, plates, errorsMm};
}

/** Artifacts of the newest map of each plate. */
const newestMaps = (
  store: Store,
  {benchName, benchSeed, designHash}: PlacementPlace,
): ReadonlyMap<number, string> =>
  new Map(
    store
      .listCalibrations(measuredHeightsKind)
      .filter(
        ({value}) =>
          value.benchName === benchName && value.benchSeed === benchSeed && value.designHash === designHash,
      )
      .map(({value}) => [value.plate, value.artifactUid] as const),
  );

const readErrors = (store: Store, artifactUid: string): Float32Array =>
  Float32Array.from(decodeNpy(store.readArtifact(artifactUid)).re);

/**
 * The height errors by which an alignment predicts, place after place: of a plate that was measured the map, turned as it
 * stands, and what the alignment found besides if it began with that map; of the others what it found. What was found
 * where no plate was measured.
 */
export function withMeasuredHeights(
  store: Store,
  alignment: StoredAlignment,
  found: PrintHeights | undefined,
): PrintHeights | undefined {
  const {arrangement, sessionUid, measuredHeights: begunWith = []} = alignment;
  const measured = newestMaps(store, alignment);
  if (!arrangement.plates.some(({plate}) => measured.has(plate))) return found;
  const sides = plateSidesOf(store, sessionUid);
  const values = new Float32Array(sides.reduce((sum, side) => sum + side * side, 0));
  if (found) values.set(found.valuesMm);
  let offset = 0;
  arrangement.plates.forEach(({plate, orientation}, place) => {
    const artifactUid = measured.get(plate);
    if (artifactUid !== undefined) {
      const errors = orientValues(readErrors(store, artifactUid), sides[plate], orientation);
      const isBegunWith = begunWith.includes(artifactUid);
      errors.forEach((error, i) => {
        values[offset + i] = error + (isBegunWith ? values[offset + i] : 0);
      });
    }
    offset += sides[place] ** 2;
  });
  return createPrintHeights(values, [found?.id ?? '', ...measured.values()].join(' '));
}

/** Which plates were measured, as a sentence; '' where none was. */
export const measuredHeightsText = (heights: Pick<MeasuredHeights, 'plates'> | undefined): string =>
  heights
    ? `The measured heights of ${heights.plates.length === 1 ? 'plate' : 'plates'} ${heights.plates.map((plate) => plate + 1).join(', ')} are used.`
    : '';

/** Samples along a side of each plate of a session's design. */
function plateSidesOf(store: Store, sessionUid: string): number[] {
  const [file] = store.listArtifacts(sessionUid, 'design-file').filter(({name}) => name === 'design.json');
  const {grid, layers} = parseDesign(new TextDecoder().decode(store.readArtifact(file.uid)));
  return layers.map(({pitchMm}) => Math.round((grid.count * grid.pitchMm) / pitchMm));
}
