import {encodeNpy, decodeNpy} from '../../base/npy.ts';
import type {AlignmentResult} from '../../contract/alignment.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Arrangement} from '../../twin/alignment/arrangement.ts';
import {createPrintHeights, type PrintHeights} from '../../twin/alignment/print-heights.ts';
import type {BenchState} from '../../twin/alignment/state.ts';
import type {Calibration} from '../store/calibration-ledger.ts';
import type {Store} from '../store/open-store.ts';

/** Kind of the calibration that every alignment which found something leaves. */
export const alignmentKind = 'alignment';
const planeArtifactKind = 'alignment-plane';
const printsArtifactKind = 'print-heights';

/** Value of the calibration `alignment`: the result, and what predictions and pictures need beside it. */
export interface AlignmentRecord {
  readonly result: AlignmentResult;
  readonly state: BenchState;
  readonly arrangement: Arrangement;
  readonly method: 'rs' | 'asm';
  /** In the order of `result.parameters`, row-major. */
  readonly covariance: readonly number[] | null;
  readonly benchName: string;
  /** Tells virtual benches of one name apart; null for a real one. */
  readonly benchSeed: number | null;
  readonly designHash: string;
  readonly designName: string;
  readonly planes: readonly {readonly runUid: string; readonly label: string; readonly artifactUid: string}[];
  /** Height errors of the prints; null or absent where they were not looked for. */
  readonly prints?: {readonly artifactUid: string; readonly rmsMm: number} | null;
  /** Part of the field that the fit lacked, step by step; absent in records of earlier versions. */
  readonly convergence?: readonly {readonly iteration: number; readonly lackRatio: number}[];
  readonly programVersion: string;
}

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
  if (calibration.kind === alignmentKind) return alignmentFrom(calibration);
  throw new BenchError(
    'store/not-found',
    `The calibration ${uid} is of the kind "${calibration.kind}", no alignment. Nothing was changed.`,
  );
}

function alignmentFrom({uid, timeS, sessionUid, value}: Calibration): StoredAlignment {
  // Written by this program under this kind.
  return {...(value as AlignmentRecord), uid, timeS, sessionUid: sessionUid ?? ''};
}

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
