import {decodeNpy, encodeNpy} from '../../base/npy.ts';
import type {CalibrationValues} from '../../contract/stored/calibration-records.ts';
import {orientValues} from '../../twin/alignment/arrangement.ts';
import {createPrintHeights, type PrintHeights} from '../../twin/alignment/print-heights.ts';
import {parseDesign} from '../../twin/design/load.ts';
import type {Store} from '../store/open-store.ts';
import type {StoredAlignment} from './alignment-records.ts';

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

/**
 * The height errors that an alignment found, place after place, with the measured ones of the same bench and design in
 * the place of theirs: turned as the plate stands, the newest map of each plate. What was found where nothing was measured.
 */
export function withMeasuredHeights(
  store: Store,
  {arrangement, sessionUid, benchName, benchSeed, designHash}: StoredAlignment,
  found: PrintHeights | undefined,
): PrintHeights | undefined {
  const measured = new Map(
    store
      .listCalibrations(measuredHeightsKind)
      .filter(
        ({value}) =>
          value.benchName === benchName && value.benchSeed === benchSeed && value.designHash === designHash,
      )
      .map(({value}) => [value.plate, value.artifactUid] as const),
  );
  if (!arrangement.plates.some(({plate}) => measured.has(plate))) return found;
  const sides = plateSidesOf(store, sessionUid);
  const values = new Float32Array(sides.reduce((sum, side) => sum + side * side, 0));
  if (found) values.set(found.valuesMm);
  let offset = 0;
  arrangement.plates.forEach(({plate, orientation}, place) => {
    const artifactUid = measured.get(plate);
    if (artifactUid !== undefined) {
      const errors = Float32Array.from(decodeNpy(store.readArtifact(artifactUid)).re);
      values.set(orientValues(errors, sides[plate], orientation), offset);
    }
    offset += sides[place] ** 2;
  });
  return createPrintHeights(values, [found?.id ?? '', ...measured.values()].join(' '));
}

/** Samples along a side of each plate of a session's design. */
function plateSidesOf(store: Store, sessionUid: string): number[] {
  const [file] = store.listArtifacts(sessionUid, 'design-file').filter(({name}) => name === 'design.json');
  const {grid, layers} = parseDesign(new TextDecoder().decode(store.readArtifact(file.uid)));
  return layers.map(({pitchMm}) => Math.round((grid.count * grid.pitchMm) / pitchMm));
}
