import type {Comparison} from './api/compare.ts';

/**
 * A comparison as CSV (RFC 4180): what is compared and how well it agrees as `#` lines, then a line a cell with x and y
 * in mm, A, B and A - B. Cells that a side does not have are empty.
 */
export function comparisonCsv(comparison: Comparison): string {
  const {a, b, difference, pearson, nrmse, shareError} = comparison;
  const metric = (name: string, {value, low, high}: Comparison['pearson']): string =>
    `# ${name},${number(value)},${number(low)},${number(high)}`;
  const lines = [
    `# A,${oneLine(comparison.labelA)},unit ${a.unit || 'none'}`,
    `# B,${oneLine(comparison.labelB)},unit ${b.unit || 'none'}`,
    `# note,${oneLine(comparison.note)}`,
    '# metric,value,low 95 %,high 95 %',
    metric('correlation', pearson),
    metric('nrmse', nrmse),
    metric('share error', shareError),
    '# region,share A,share B',
    ...comparison.regions.map(
      ({label}, i) =>
        `# ${label},${number(comparison.sharesA?.[i] ?? null)},${number(comparison.sharesB?.[i] ?? null)}`,
    ),
    'x_mm,y_mm,a,b,difference',
  ];
  const pitch = ([first, last]: readonly [number, number], count: number, i: number): number =>
    count > 1 ? first + ((last - first) * i) / (count - 1) : first;
  for (let row = 0; row < difference.rows; row++)
    for (let column = 0; column < difference.columns; column++) {
      const i = row * difference.columns + column;
      const x = pitch(difference.xMm, difference.columns, column);
      const y = pitch(difference.yMm, difference.rows, row);
      const cells = [a.values[i], b.values[i], difference.values[i]].map(number);
      lines.push([Number(x.toFixed(6)), Number(y.toFixed(6)), ...cells].join(','));
    }
  return `${lines.join('\r\n')}\r\n`;
}

const number = (value: number | null | undefined): string =>
  value === null || value === undefined || !Number.isFinite(value)
    ? ''
    : String(Number(value.toPrecision(7)));

/** Commas would begin another column; line ends another line. */
const oneLine = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ').replaceAll(',', ';');
