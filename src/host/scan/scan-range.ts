import {columnOfQuantity} from '../../contract/detector.ts';
import {withoutDoubt} from '../runs/doubtful-points.ts';
import {detectorOfRun} from '../runs/run-detector.ts';
import {readWholeRun} from '../runs/whole-run.ts';
import type {Store} from '../store/open-store.ts';
import type {ScanSummary} from './run-scan.ts';

/** Of one quantity over all points of a scan. */
interface ScanRange {
  /** Null without points. */
  readonly minV: number | null;
  readonly maxV: number | null;
  /** Where the largest value was read. */
  readonly maxAtMm: {readonly x: number; readonly y: number} | null;
  /** Of the quantity. */
  readonly unit: string;
  readonly label: string;
}

/** Smallest and largest value of one quantity that a scan has measured; points in doubt are left out. */
export function rangeOf(store: Store, {runs}: Pick<ScanSummary, 'runs'>, quantity: string): ScanRange {
  let range: ScanRange = {minV: null, maxV: null, maxAtMm: null, unit: '', label: ''};
  for (const {uid} of runs) {
    const {run, pointsOf} = readWholeRun(store, uid);
    const {name, unit, label} = columnOfQuantity(detectorOfRun(run), quantity);
    range = {...range, unit, label};
    const {count, data} = pointsOf();
    const column = data[name];
    const values = column && withoutDoubt(run, column);
    for (let i = 0; values && i < count; i++) {
      const value = values[i];
      if (Number.isNaN(value)) continue;
      if (range.minV === null || value < range.minV) range = {...range, minV: value};
      if (range.maxV === null || value > range.maxV)
        range = {...range, maxV: value, maxAtMm: {x: data['x_mm'][i], y: data['y_mm'][i]}};
    }
  }
  return range;
}
