import {fixedText} from '../../base/number-format.ts';
import type {ColumnSpec} from '../../contract/devices.ts';
import type {Plan} from '../../contract/messages.ts';
import type {LineShift, LineShiftMonitor} from '../../contract/scan-monitors.ts';
import {umFromMm} from '../../contract/units.ts';
import type {GridGeometry, GridPoint} from './geometry.ts';
import {addNote, declareStream, derive} from './steps.ts';

const lineShiftColumns: readonly ColumnSpec[] = [
  {name: 'after_point_count', unit: '', label: 'points taken before', precision: 0},
  {name: 'shift_um', unit: 'um', label: 'backward lines stand off', precision: 1},
  {name: 'shift_error_um', unit: 'um', label: 'standard error', precision: 1},
  {name: 'line_count', unit: '', label: 'lines compared', precision: 0},
];
/** A shift is told where it is larger than so many standard deviations, and than what matters to a plane, mm. */
const certainSigmas = 4;
const leastToldMm = 0.01;
/** A grid with fewer lines, or shorter ones, says nothing of a shift between them. */
const fewestLines = 8;

/** Whether lines of a grid are measured both ways, and enough of them. */
export const canTellLineShift = ({isSnaking, rows, columns}: GridGeometry): boolean =>
  isSnaking && Math.min(rows, columns) >= fewestLines;

/** The signal in the cells of a grid, row by row from the smallest y. */
interface Signal {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/**
 * Holds the lines of a snake against their neighbours, which are measured the other way: the shift between the two directions is
 * stored after each line (stream `line_shift`), and told once it is certain and at the end.
 */
export class LineShiftWatch {
  readonly #monitor: LineShiftMonitor;
  readonly #geometry: Pick<GridGeometry, 'columns' | 'rows'>;
  #latest: LineShift | undefined;
  #isReported = false;

  constructor(monitor: LineShiftMonitor, geometry: Pick<GridGeometry, 'columns' | 'rows'>) {
    this.#monitor = monitor;
    this.#geometry = geometry;
  }

  declare(): Plan<void> {
    return declareStream('line_shift', lineShiftColumns, []);
  }

  /** After a point was stored, the `taken`th of the run; `signal` holds what was read of this plane. */
  *afterPoint({real, imaginary}: Signal, {row, column}: GridPoint, taken: number): Plan<void> {
    const {columns} = this.#geometry;
    const isBackward = row % 2 === 1;
    if (column !== (isBackward ? 0 : columns - 1)) return;
    yield* derive('line_shift', () => {
      if (row === 0) this.#monitor.beginPlane();
      const cells = Float64Array.from({length: columns}, (_, i) => row * columns + i);
      this.#monitor.addLine(
        cells.map((cell) => Math.hypot(real[cell], imaginary[cell])),
        isBackward,
      );
      this.#latest = this.#monitor.estimate();
      return this.#latest && dataOf(this.#latest, taken);
    });
    const found = this.#latest;
    if (this.#isReported || !found || !isCertain(found)) return;
    this.#isReported = true;
    yield* addNote(
      `Backward lines stand ${shiftText(found)} off forward ones, after ${found.lineCount} lines.`,
    );
  }

  *reportAtEnd(): Plan<void> {
    const found = this.#latest;
    if (!found || !isCertain(found)) return;
    const halfUm = fixedText(umFromMm(found.shiftMm) / 2, 0);
    yield* addNote(
      `Backward lines stand ${shiftText(found)} off forward ones. Measure with the order one-way, or take ${halfUm} um off x ` +
        `on forward lines and add it on backward ones; stored positions are as the stage told them.`,
    );
  }
}

const isCertain = ({shiftMm, errorMm}: LineShift): boolean =>
  Math.abs(shiftMm) > leastToldMm && Math.abs(shiftMm) > certainSigmas * errorMm;

const shiftText = ({shiftMm, errorMm}: LineShift): string =>
  `${fixedText(umFromMm(shiftMm), 0)} +- ${fixedText(umFromMm(errorMm), 0)} um`;

const dataOf = (
  {shiftMm, errorMm, lineCount}: LineShift,
  taken: number,
): Readonly<Record<string, number>> => ({
  after_point_count: taken,
  shift_um: umFromMm(shiftMm),
  shift_error_um: umFromMm(errorMm),
  line_count: lineCount,
});
