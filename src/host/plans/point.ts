import type {Plan} from '../../contract/messages.ts';
import type {Reading} from './measure.ts';
import {type ScanOptions, scanPoints} from './scan.ts';

export interface PointResult {
  readonly runUid: string;
  readonly reading: Reading | undefined;
}

/** One reading at one place, as a run. */
export function* pointScan(
  options: ScanOptions & {readonly xMm: number; readonly yMm: number},
): Plan<PointResult> {
  const {xMm, yMm, dwell} = options;
  let reading: Reading | undefined;
  const {runUid} = yield* scanPoints({
    options,
    run: {planName: 'point', planArgs: {plan: 'point', xMm, yMm, ...dwell}},
    geometry: {count: 1, pointAt: (index) => ({index, row: 0, column: 0, xMm, yMm})},
    label: 'point',
    onPoint: (_point, measured) => {
      reading = measured.reading;
    },
  });
  return {runUid, reading};
}
