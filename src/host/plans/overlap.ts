import type {ColumnSpec, SettingsSnapshot} from '../../contract/devices.ts';
import type {Plan} from '../../contract/messages.ts';
import {
  type BenchRoles,
  type Dwell,
  measureAt,
  pointColumns,
  type Reading,
  recordedRoles,
} from './measure.ts';
import {inRun} from './wrappers.ts';
import {
  applySettings,
  checkpoint,
  compute,
  declareStream,
  move,
  readSettings,
  record,
  reportProgress,
  settle,
} from './steps.ts';

interface PlaceMm {
  readonly xMm: number;
  readonly yMm: number;
}

/** A point that was measured before, and from where it is reached. */
export interface OverlapSpot extends PlaceMm {
  readonly index: number;
  readonly row: number;
  readonly column: number;
  /** The point before it in the scan: the rest of its light that the filter still holds is the same then. */
  readonly fromMm: PlaceMm;
}

/** A reading of a spot. */
export interface SpotReading {
  /** Place of the spot in the list. */
  readonly spot: number;
  readonly reading: Reading;
}

/** What is measured again, and who judges it. */
export interface OverlapOptions {
  readonly roles: BenchRoles;
  readonly dwell: Dwell;
  /** The run that is to go on. */
  readonly runUid: string;
  readonly spots: readonly OverlapSpot[];
  readonly passCount: number;
  /** Settings of the detector with which the run measured. */
  readonly detectorSettings: SettingsSnapshot;
  readonly metadata?: {readonly sample?: string; readonly purpose?: string; readonly campaignIndex?: number};
  /** Keeps what the readings say; rejects where the run may not go on. */
  readonly judge: (checkUid: string, readings: readonly SpotReading[]) => Promise<void>;
}

const passColumn: ColumnSpec = {name: 'pass', unit: '', label: 'pass', precision: 0};
const planName = 'resume-check';

/**
 * Measures points of a run again, in a run of its own: all of them in turn, pass by pass, so that what one pass differs
 * from the other by has the noise of the readings, the repeatability of the stage and the drift meanwhile. Answers with the
 * uid of that run; ends with what `judge` rejects with.
 */
export function* measureOverlap(options: OverlapOptions): Plan<string> {
  const {roles, dwell, runUid, spots, passCount, metadata, judge} = options;
  yield* restoreSettings(roles.detector.role, options.detectorSettings);
  const pointCount = spots.length * passCount;
  const request = {
    planName,
    planArgs: {continues: runUid, passCount, pointIndices: spots.map(({index}) => index), ...dwell},
    pointCount,
    ...metadata,
  };
  const readings: SpotReading[] = [];
  const checkUid = yield* inRun(request, function* (uid): Plan<string> {
    yield* declareStream('primary', pointColumns(roles, dwell, [passColumn]), recordedRoles(roles));
    for (let pass = 0; pass < passCount; pass++)
      for (const [spot, {index, row, column, fromMm, xMm, yMm}] of spots.entries()) {
        yield* move(roles.stage, {x: fromMm.xMm, y: fromMm.yMm});
        yield* settle(roles.detector.role, dwell.residualRatio);
        const {data, reading} = yield* measureAt(roles, dwell, {xMm, yMm});
        yield* record('primary', {...data, point_index: index, row, column, pass});
        readings.push({spot, reading});
        yield* reportProgress('points measured again', readings.length, pointCount);
        yield* checkpoint();
      }
    return uid;
  });
  yield* compute('test of the overlap', () => judge(checkUid, readings));
  return checkUid;
}

/** Settings that are not as they were are set again: the readings would be others for that reason alone. */
function* restoreSettings(role: string, wanted: SettingsSnapshot): Plan<void> {
  const now = yield* readSettings(role);
  const different = Object.entries(wanted).filter(([name, value]) => now[name] !== value);
  if (different.length > 0) yield* applySettings(role, Object.fromEntries(different));
}
