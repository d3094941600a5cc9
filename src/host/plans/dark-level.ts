import type {Plan} from '../../contract/messages.ts';
import {type BenchRoles, type Dwell, readingColumns, readingData, takeReading} from './measure.ts';
import type {ScanMetadata} from './scan.ts';
import {askOperator, callAction, checkpoint, declareStream, record} from './steps.ts';
import {computeMean} from './measure.ts';
import {inRun} from './wrappers.ts';

/**
 * How the beam is kept from the detector while the chop goes on: `source-off` sees the electronics alone,
 * `beam-blocked` also the pick-up from the running source. Their difference is that pick-up.
 */
export type DarkMethod = 'source-off' | 'beam-blocked';

export interface DarkLevel {
  readonly runUid: string;
  readonly method: DarkMethod;
  /** Mean of the signal, in its unit; the imaginary part of a real one is 0. */
  readonly real: number;
  readonly imaginary: number;
  /** Standard errors of the two means. */
  readonly realStandardError: number;
  readonly imaginaryStandardError: number;
  readonly readingCount: number;
}

export interface DarkLevelOptions {
  readonly roles: BenchRoles;
  readonly dwell: Dwell;
  readonly method: DarkMethod;
  /** Independent readings averaged. */
  readonly readingCount: number;
  readonly metadata?: ScanMetadata;
  /** Source on again afterwards; only for `source-off`. */
  readonly turnOnAfter?: boolean;
}

/** What the detector says without light, as a run of its own with every reading in the stream `dark`. */
export function* measureDarkLevel(options: DarkLevelOptions): Plan<DarkLevel> {
  const {roles, method} = options;
  if (method === 'source-off') {
    yield* callAction(roles.source, 'turn-off');
    const level = yield* readDark(options);
    if (options.turnOnAfter) yield* callAction(roles.source, 'turn-on');
    return level;
  }
  yield* askOperator({kind: 'block-beam'});
  const level = yield* readDark(options);
  // No finally: after a stop nobody may be waiting at the bench to take the absorber away.
  yield* askOperator({kind: 'unblock-beam'});
  return level;
}

function readDark({roles, dwell, method, readingCount, metadata}: DarkLevelOptions): Plan<DarkLevel> {
  const single: Dwell = {...dwell, readingCount: 1};
  return inRun(
    {
      planName: 'dark-level',
      planArgs: {method, readingCount, residualRatio: dwell.residualRatio},
      pointCount: readingCount,
      hints: {dimensions: [[['bench_time_s'], 'dark']], fields: [roles.detector.signal.column]},
      ...metadata,
    },
    function* (runUid): Plan<DarkLevel> {
      yield* declareStream('dark', readingColumns(roles, single), [roles.detector.role, roles.source]);
      const reals: number[] = [];
      const imaginaries: number[] = [];
      for (let taken = 0; taken < readingCount; taken++) {
        const reading = yield* takeReading(roles.detector, single);
        yield* record('dark', readingData(reading));
        reals.push(reading.real);
        imaginaries.push(reading.imaginary);
        yield* checkpoint();
      }
      const [real, imaginary] = [computeMean(reals), computeMean(imaginaries)];
      return {
        runUid,
        method,
        real: real.mean,
        imaginary: imaginary.mean,
        realStandardError: real.standardError,
        imaginaryStandardError: imaginary.standardError,
        readingCount,
      };
    },
  );
}
