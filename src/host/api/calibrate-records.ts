import {countOf} from '../../base/count-text.ts';
import {BenchError} from '../../contract/errors.ts';
import {recordedBench} from '../calibrate/recorded-bench.ts';
import {listAsBuilt, readHeights} from '../placements/as-built-records.ts';
import {placeOfSession} from '../placements/placements.ts';
import {getReadOut, listReadOuts, readOutKinds, revokeReadOut} from '../placements/read-out-records.ts';
import type {HostServices} from '../services.ts';
import {isCalibrationOf} from '../store/calibration-rows.ts';
import {asBuiltEntryOf, readOutEntryOf} from '../views/calibrate-views.ts';
import {os} from './procedures.ts';

const nowS = (): number => Date.now() / 1000;

type Stored = Pick<HostServices, 'store'>;

/** Networks as they were built. */
export const asBuiltLookups = ({store}: Stored) => ({
  asBuilt: os.calibrate.asBuilt.handler(({input: {sessionUid, designHash}}) => {
    const place = sessionUid === undefined ? undefined : placeOfSession(store, sessionUid);
    return {
      records: listAsBuilt(store, place)
        .filter(({value}) => designHash === undefined || value.designHash === designHash)
        .reverse()
        .map((own) => asBuiltEntryOf(store, own, nowS())),
    };
  }),

  asBuiltHeights: os.calibrate.asBuiltHeights.handler(async ({input: {uid, plate}}) => {
    const {bench, record} = await recordedBench(store, uid);
    const place = record.plates.findIndex((own) => own.plate === plate);
    if (place < 0)
      throw new BenchError(
        'store/not-found',
        `The record ${uid} has no plate ${plate}; it has ${countOf(record.plates.length, 'plate')}.`,
      );
    const {grid, values} = bench.design.layers[plate - 1];
    const errors =
      record.heightsArtifactUid === null
        ? undefined
        : readHeights(store, record.heightsArtifactUid).valuesMm.subarray(
            place * values.length,
            (place + 1) * values.length,
          );
    const designedMm = Float64Array.from(values);
    return {
      count: grid.count,
      pitchMm: grid.pitchMm,
      designedMm,
      builtMm: designedMm.map((height, i) => height + (errors?.[i] ?? 0)),
    };
  }),
});

/** Calibrations of the read-out, and the end of one. */
export const readOutLookups = ({store}: Stored) => ({
  readOuts: os.calibrate.readOuts.handler(({input: {sessionUid}}) => {
    const all =
      sessionUid === undefined
        ? store.listCalibrations(readOutKinds.calibration)
        : listReadOuts(store, placeOfSession(store, sessionUid));
    return {readOuts: [...all].reverse().map((own) => readOutEntryOf(store, own, nowS()))};
  }),

  revokeReadOut: os.calibrate.revokeReadOut.handler(({input: {uid}}) => {
    revokeReadOut(store, uid);
    return readOutEntryOf(store, getReadOut(store, uid), nowS());
  }),
});

/** Plates that were designed again. */
export const reprintLookups = ({store}: Stored) => ({
  reprintPlanes: os.calibrate.reprintPlanes.handler(({input: {uid}}) => {
    const found = store.getCalibration(uid);
    if (!isCalibrationOf(found, 'plate-reprint'))
      throw new BenchError(
        'store/not-found',
        `The calibration ${uid} is of the kind "${found.kind}", no plate that was designed again.`,
      );
    return {planes: found.value.planes ?? null};
  }),

  reprints: os.calibrate.reprints.handler(() => ({
    reprints: store
      .listCalibrations('plate-reprint')
      .map(({uid, timeS, sessionUid = '', value: {benchName, designName, designHash, folder, lineage}}) => ({
        ...{uid, timeS, sessionUid, benchName, designName, designHash, folder, lineage},
      }))
      .reverse(),
  })),
});
