import {roundedText, typographic} from '../../../base/number-format.ts';
import {cellClass, cellClassLabels, classifyCell, type CellRules} from '../colour/cell-class.ts';
import type {ValueRange} from '../colour/value-scale.ts';
import {LivePlane} from '../plane/live-plane.ts';
import {cellAtMm, type Plane, type PointMm} from '../plane/plane.ts';
import {formatReading} from '../reading-format.ts';

const mm = (value: number): string => typographic(roundedText(value, 3));

/** Text alternative of a plane: what, how large, from where to where, from what to what value. */
export function describePlane(label: string, plane: Plane, unit: string, data: ValueRange | null): string {
  const cells = plane.rows * plane.columns;
  const measured = plane instanceof LivePlane ? plane.measuredCount : countMeasured(plane.values);
  const size = `${plane.columns} by ${plane.rows} cells, x ${mm(plane.xMm[0])} to ${mm(plane.xMm[1])} mm, y ${mm(plane.yMm[0])} to ${mm(plane.yMm[1])} mm`;
  if (measured === 0 || !data) return `${label}: ${size}. Nothing is measured yet.`;
  const share = measured === cells ? '' : ` ${measured} of ${cells} cells are measured.`;
  const [low, high] = data.map((value) => formatReading(value, unit).text);
  return `${label}: ${size}. Values from ${low} to ${high}.${share}`;
}

function countMeasured(values: Float32Array): number {
  let count = 0;
  for (const value of values) if (!Number.isNaN(value)) count++;
  return count;
}

/** What the read-out says about the value under the cursor: a reading, or why there is none. */
export function valueText(plane: Plane, at: PointMm, unit: string, rules: CellRules): string {
  const cell = cellAtMm(plane, at);
  if (!cell) return 'outside';
  const value = plane.values[cell.row * plane.columns + cell.column];
  const found = classifyCell(value, rules);
  if (found === cellClass.unmeasured) return cellClassLabels[found];
  const {number, unit: shown} = formatReading(value, unit);
  const reading = `${number}${shown ? `\u202f${shown}` : ''}`;
  const isNotable = found === cellClass.saturated || found === cellClass.notInLog;
  return isNotable ? `${reading} (${cellClassLabels[found]})` : reading;
}
