import {encodeNpy, decodeNpy} from '../../base/npy.ts';
import {BenchError} from '../../contract/errors.ts';
import type {CalibrationValues} from '../../contract/stored/calibration-records.ts';
import {createPrintHeights, type PrintHeights} from '../../twin/alignment/print-heights.ts';
import {isCalibrationOf, type Calibration} from '../store/calibration-rows.ts';
import type {Store} from '../store/open-store.ts';

/** Kind of the calibration that every alignment which found something leaves. */
export const alignmentKind = 'alignment';
const planeArtifactKind = 'alignment-plane';
const printsArtifactKind = 'print-heights';

export type AlignmentRecord = CalibrationValues[typeof alignmentKind];

export interface StoredAlignment extends AlignmentRecord {
  readonly uid: string;
  readonly timeS: number;
  readonly sessionUid: string;
}

/** Alignments in the order in which they were made. */
export const listAlignments = (store: Store): StoredAlignment[] =>
  store.listCalibrations(alignmentKind).map(alignmentFrom);

/** The first of an alignment's planes, by the number of its run. */
export const firstScanIdOf = (store: Store, {planes}: Pick<AlignmentRecord, 'planes'>): number =>
  Math.min(...planes.map(({runUid}) => store.getRunSummary(runUid).scanId));

/** Throws `store/not-found` for a uid that is no alignment. */
export function getAlignment(store: Store, uid: string): StoredAlignment {
  const calibration = store.getCalibration(uid);
  if (isCalibrationOf(calibration, alignmentKind)) return alignmentFrom(calibration);
  throw new BenchError(
    'store/not-found',
    `The calibration ${uid} is of the kind "${calibration.kind}", no alignment. Nothing was changed.`,
  );
}

const alignmentFrom = ({
  uid,
  timeS,
  sessionUid,
  value,
}: Calibration<typeof alignmentKind>): StoredAlignment => ({
  ...value,
  uid,
  timeS,
  sessionUid: sessionUid ?? '',
});

/** Predicted values and residuals at the points of one scan. */
export interface AlignedPoints {
  readonly predicted: Float32Array;
  readonly residual: Float32Array;
}

/** Stores what an alignment predicts at the points of a run's scan; returns the artifact's uid. */
export function storeAlignedPoints(
  store: Store,
  sessionUid: string,
  runUid: string,
  {predicted, residual}: AlignedPoints,
): string {
  const re = new Float32Array(2 * predicted.length);
  re.set(predicted);
  re.set(residual, predicted.length);
  return store.addArtifact({
    sessionUid,
    runUid,
    kind: planeArtifactKind,
    name: `${planeArtifactKind}.npy`,
    mediaType: 'application/x-npy',
    bytes: encodeNpy({shape: [2, predicted.length], dtype: '<f4', re}),
    metadata: {rows: ['as aligned, V', 'residual, standard deviations']},
  });
}

export function readAlignedPoints(store: Store, artifactUid: string): AlignedPoints {
  const {re, shape} = decodeNpy(store.readArtifact(artifactUid));
  const values = Float32Array.from(re);
  return {predicted: values.slice(0, shape[1]), residual: values.slice(shape[1])};
}

/** Stores height errors of the prints, place after place; returns what the record holds of them. */
export function storePrints(
  store: Store,
  sessionUid: string,
  {valuesMm, rmsMm}: {readonly valuesMm: Float32Array; readonly rmsMm: number},
  plateCount: number,
): NonNullable<AlignmentRecord['prints']> {
  const side = Math.sqrt(valuesMm.length / plateCount);
  const artifactUid = store.addArtifact({
    sessionUid,
    kind: printsArtifactKind,
    name: `${printsArtifactKind}.npy`,
    mediaType: 'application/x-npy',
    bytes: encodeNpy({shape: [plateCount, side, side], dtype: '<f4', re: valuesMm}),
    metadata: {unit: 'mm', axes: ['place along the beam', 'row (y)', 'column (x)']},
  });
  return {artifactUid, rmsMm};
}

/** Undefined for an alignment without them. */
export function readPrints(
  store: Store,
  {prints}: Pick<AlignmentRecord, 'prints'>,
): PrintHeights | undefined {
  return prints
    ? createPrintHeights(decodeNpy(store.readArtifact(prints.artifactUid)).re, prints.artifactUid)
    : undefined;
}
