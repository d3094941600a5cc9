import {decodeNpy, encodeNpy} from '../../base/npy.ts';
import type {AsBuiltPlate} from '../../contract/as-built.ts';
import {BenchError} from '../../contract/errors.ts';
import type {CalibrationValues} from '../../contract/stored/calibration-records.ts';
import {orientValues} from '../../twin/alignment/arrangement.ts';
import {createPrintHeights, type PrintHeights} from '../../twin/alignment/print-heights.ts';
import type {HeightResolution} from '../../twin/calibration/height-resolution.ts';
import {isCalibrationOf, type Calibration} from '../store/calibration-rows.ts';
import type {Store} from '../store/open-store.ts';
import {programVersion} from '../version.ts';
import {getAlignment, readPrints, type StoredAlignment} from './alignment-records.ts';
import {measuredHeightsOf, withMeasuredHeights, type MeasuredHeights} from './measured-heights.ts';
import {activePlacement, type PlacementPlace} from './placements.ts';

/** Kind of the calibration that says how a network was built. */
export const asBuiltKind = 'as-built';

export type AsBuiltValue = CalibrationValues[typeof asBuiltKind];
/** An as-built record in the ledger. */
export type StoredAsBuilt = Calibration<typeof asBuiltKind>;

/** As-built records in the order in which they were made, of one bench and design where they are named. */
export const listAsBuilt = (store: Store, place?: PlacementPlace): StoredAsBuilt[] =>
  store
    .listCalibrations(asBuiltKind)
    .filter(
      ({value}) =>
        place === undefined ||
        (value.benchName === place.benchName &&
          value.benchSeed === place.benchSeed &&
          value.designHash === place.designHash),
    );

/** Throws `store/not-found` for a uid that is no as-built record. */
export function getAsBuilt(store: Store, uid: string): StoredAsBuilt {
  const calibration = store.getCalibration(uid);
  if (isCalibrationOf(calibration, asBuiltKind)) return calibration;
  throw new BenchError(
    'store/not-found',
    `The calibration ${uid} is of the kind "${calibration.kind}", no as-built record. Nothing was changed.`,
  );
}

/** How an as-built record stands: it is used while the placement of its alignment is active and none is newer. */
export function asBuiltStatusOf(
  store: Store,
  {uid, value}: StoredAsBuilt,
  atS: number,
): {readonly status: 'current' | 'replaced' | 'not-accepted'; readonly text: string} {
  const newest = listAsBuilt(store, value).at(-1);
  if (newest && newest.uid !== uid)
    return {status: 'replaced', text: `Version ${newest.value.version} is newer.`};
  const active = activePlacement(store, value, atS);
  if (active.placementUid !== null && active.alignment.uid === value.alignmentUid)
    return {status: 'current', text: ''};
  return {
    status: 'not-accepted',
    text:
      active.placementUid === null && active.reason !== ''
        ? active.reason
        : 'Its alignment is not accepted: predictions of later campaigns do not use it.',
  };
}

/** The newest as-built record of an alignment, unless a plate was measured since: undefined where predictions use none. */
export function asBuiltOf(store: Store, alignment: StoredAlignment): StoredAsBuilt | undefined {
  const newest = store
    .listCalibrations(asBuiltKind)
    .findLast(({value}) => value.alignmentUid === alignment.uid);
  const maps = measuredHeightsOf(store, alignment)?.artifactUids ?? [];
  // A map that was measured since is known better than what was fitted without it.
  return newest && maps.join() === newest.value.measuredHeightsUids.join() ? newest : undefined;
}

/**
 * Height errors of the prints for predictions with an alignment: those of its as-built record; else those that the
 * alignment itself found, with measured maps. Undefined without any.
 */
export function asBuiltPrints(store: Store, alignment: StoredAlignment): PrintHeights | undefined {
  const artifactUid = asBuiltOf(store, alignment)?.value.heightsArtifactUid ?? null;
  if (artifactUid !== null) return readHeights(store, artifactUid);
  return withMeasuredHeights(store, alignment, readPrints(store, alignment));
}

/** Height errors of all places, mm, along the beam. */
export const readHeights = (store: Store, artifactUid: string): PrintHeights =>
  createPrintHeights(decodeNpy(store.readArtifact(artifactUid)).re, artifactUid);

/** What was fitted, where something was. */
export interface FittedHeights {
  readonly valuesMm: Float32Array;
  readonly resolutions: readonly HeightResolution[] | null;
  readonly runUids: readonly string[];
  readonly pointCount: number;
}

/**
 * Writes down how a network was built: where an alignment found its plates, their material, their heights as fitted or as
 * measured. Returns the uid of the record, whose version counts up for its bench and design.
 */
export function storeAsBuilt(
  store: Store,
  alignmentUid: string,
  fitted: FittedHeights | null,
  {by}: {readonly by: string},
): string {
  const alignment = getAlignment(store, alignmentUid);
  const {benchName, benchSeed, designHash, designName, sessionUid, state} = alignment;
  const measured = measuredHeightsOf(store, alignment);
  const prints = fitted
    ? createPrintHeights(withMaps(alignment, fitted.valuesMm, measured))
    : withMeasuredHeights(store, alignment, readPrints(store, alignment));
  const plateCount = state.plates.length;
  const version = listAsBuilt(store, alignment).length + 1;
  const value: AsBuiltValue = {
    ...{benchName, benchSeed, version, designHash, designName, alignmentUid},
    plates: state.plates.map((_, place) => plateOf(alignment, place, {prints, fitted, measured})),
    heightsArtifactUid: prints ? storeHeights(store, alignment, prints.valuesMm, plateCount) : null,
    fittedRunUids: [...(fitted?.runUids ?? [])],
    fittedPointCount: fitted?.pointCount ?? 0,
    measuredHeightsUids: [...(measured?.artifactUids ?? [])],
    by,
    programVersion,
  };
  return store.addCalibration({
    kind: asBuiltKind,
    sessionUid,
    dependsOn: [alignmentUid],
    value,
  });
}

/** Heights that were fitted about the maps of measured plates, with these: place after place, turned as the plates stand. */
function withMaps(
  {arrangement}: StoredAlignment,
  fitted: Float32Array,
  measured: MeasuredHeights | undefined,
): Float32Array {
  const values = fitted.slice();
  const size = values.length / arrangement.plates.length;
  arrangement.plates.forEach(({plate, orientation}, place) => {
    const map = measured?.errorsMm.at(plate);
    if (map)
      orientValues(map, Math.sqrt(size), orientation).forEach((error, i) => {
        values[place * size + i] += error;
      });
  });
  return values;
}

function storeHeights(
  store: Store,
  {sessionUid}: StoredAlignment,
  valuesMm: Float32Array,
  plateCount: number,
): string {
  const side = Math.sqrt(valuesMm.length / plateCount);
  return store.addArtifact({
    sessionUid,
    kind: 'print-heights',
    name: 'as-built-heights.npy',
    mediaType: 'application/x-npy',
    bytes: encodeNpy({shape: [plateCount, side, side], dtype: '<f4', re: valuesMm}),
    metadata: {unit: 'mm', axes: ['place along the beam', 'row (y)', 'column (x)']},
  });
}

function plateOf(
  {state, arrangement, result}: StoredAlignment,
  place: number,
  {
    prints,
    fitted,
    measured,
  }: {
    readonly prints: PrintHeights | undefined;
    readonly fitted: FittedHeights | null;
    readonly measured: MeasuredHeights | undefined;
  },
): AsBuiltPlate {
  const {plate} = arrangement.plates[place];
  const own = state.plates[place];
  const sigmaOf = (...names: string[]): number | null =>
    result.parameters.find(({name}) => names.includes(name))?.sigma ?? null;
  const at = (quantity: string, value: number) => ({value, sigma: sigmaOf(`plate${place + 1}.${quantity}`)});
  const size = prints ? prints.valuesMm.length / state.plates.length : 0;
  const errors = prints?.valuesMm.subarray(place * size, (place + 1) * size) ?? new Float32Array();
  const isMeasured = measured?.plates.includes(plate) ?? false;
  const source = isMeasured ? 'measured' : prints ? 'fitted' : 'designed';
  const resolution = source === 'fitted' ? fitted?.resolutions?.[place] : undefined;
  return {
    plate: plate + 1,
    dxMm: at('dx', own.dxMm),
    dyMm: at('dy', own.dyMm),
    dzMm: at('dz', own.dzMm),
    rotationDeg: at('rotation', own.rotationDeg),
    ...(own.tiltXDeg === undefined ? {} : {tiltXDeg: at('tiltX', own.tiltXDeg)}),
    ...(own.tiltYDeg === undefined ? {} : {tiltYDeg: at('tiltY', own.tiltYDeg)}),
    refractiveIndex: {
      value: own.refractiveIndex,
      sigma: sigmaOf(`plate${place + 1}.n`, 'plates.n'),
    },
    extinction: own.extinction,
    heights: {
      source,
      ...momentsOf(errors),
      errorMm: resolution?.errorMm ?? null,
      recovered: (resolution?.recovered ?? []).map((part) => ({...part})),
      resolutionMm: resolution?.resolutionMm ?? null,
    },
  };
}

function momentsOf(values: Float32Array): {readonly rmsMm: number; readonly meanMm: number} {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const count = Math.max(1, values.length);
  return {rmsMm: Math.sqrt(squares / count), meanMm: sum / count};
}
