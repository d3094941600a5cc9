import {countOf, pluralOf} from '../../base/count-text.ts';
import {rm} from 'node:fs/promises';
import {encodeNpy} from '../../base/npy.ts';
import {columnOfQuantity, errorColumnsOf} from '../../contract/detector.ts';
import {BenchError} from '../../contract/errors.ts';
import type {PlanSpec} from '../../contract/plan-spec.ts';
import {degFromRad, radFromDeg} from '../../contract/units.ts';
import {doubtOf, withoutDoubt} from '../runs/doubtful-points.ts';
import {detectorOfRun} from '../runs/run-detector.ts';
import type {StoredPoints, StoredRun} from '../store/run-reading.ts';
import {damageText} from '../store/stored-points.ts';
import {assertWritable} from '../files/assert-writable.ts';
import {writeWhole} from '../files/write-whole.ts';

/** Refuses before anything is measured what could not be written afterwards. */
export async function assertExportable(path: string, spec: PlanSpec): Promise<void> {
  if (!/\.(npy|csv)$/i.test(path))
    throw new BenchError('cli/usage', `--out ${path}: the name must end in .npy or .csv. Nothing was moved.`);
  if (/\.npy$/i.test(path) && spec.plan === 'regions')
    throw new BenchError(
      'cli/usage',
      `--out ${path}: the points of the plan "regions" are no plane; write them as .csv. Nothing was moved.`,
    );
  await assertWritable(path, '--out', 'Nothing was moved');
}

/** The points of a run as a file. */
export interface PointsFile {
  readonly content: Uint8Array;
  /** Of an .npy, which has no room for words, of a run that did not end well: a text that says so; null else. */
  readonly head: string | null;
}

/**
 * The points of a run as .csv, whose head says how the run ended, or the plane of one quantity (see `columnOfQuantity`) as
 * .npy.
 */
export function pointsFileFrom(
  run: StoredRun,
  points: StoredPoints,
  {format, quantity}: {readonly format: 'csv' | 'npy'; readonly quantity: string},
): PointsFile {
  if (format === 'csv') return {content: new TextEncoder().encode(csvFrom(run, points)), head: null};
  const head = isWhole(run) ? null : `${headOf(run, points).join('\n')}\n`;
  return {content: npyFrom(run, points, quantity), head};
}

/** Writes points whole or not at all, their head in a text file of the same name beside them. */
export async function writePoints(path: string, {content, head}: PointsFile): Promise<void> {
  const headPath = `${path}.txt`;
  try {
    // The words first, so that the numbers never stand there without them.
    if (head !== null) await writeWhole(headPath, head);
    await writeWhole(path, content);
    if (head === null && /\.npy$/i.test(path)) await rm(headPath, {force: true});
  } catch (error) {
    throw new BenchError(
      'file/invalid',
      `${path} could not be written (${(error as Error).message}). The points are safe in the session; export them again.`,
      {cause: error},
    );
  }
}

/**
 * Rows from the smallest y, columns from the smallest x; what was not measured is NaN, what was measured several times its mean.
 * A line is one row.
 */
function npyFrom(run: StoredRun, points: StoredPoints, quantity: string): Uint8Array {
  const detector = detectorOfRun(run);
  const {name} = columnOfQuantity(detector, quantity);
  const values = withoutDoubt(run, points.data[name] ?? new Float64Array());
  const {row, column} = points.data;
  const [rows, columns] = run.start.shape ?? [];
  if (rows === undefined || columns === undefined || !row || !column)
    return encodeNpy({shape: [points.count], dtype: '<f8', re: values});
  // A damaged point has no row and column either: its cell stays unmeasured.
  const cells = Int32Array.from(values, (_, i) =>
    Number.isNaN(row[i]) || Number.isNaN(column[i]) ? -1 : row[i] * columns + column[i],
  );
  const mean = (of: Float64Array): Float64Array => meanOfCells(of, cells, rows * columns);
  const isPhase = name === detector.signal.complex?.phase;
  const re = isPhase ? meanDirections(values, mean) : mean(values);
  return encodeNpy({shape: [rows, columns], dtype: '<f8', re});
}

/** Mean of the values of each cell, NaN where there is none; one value stays as it is. */
function meanOfCells(values: Float64Array, cells: Int32Array, count: number): Float64Array {
  const [mean, counts] = [new Float64Array(count).fill(Number.NaN), new Uint32Array(count)];
  values.forEach((value, i) => {
    const cell = cells[i];
    if (cell < 0 || Number.isNaN(value)) return;
    const before = counts[cell]++;
    mean[cell] = before === 0 ? value : (mean[cell] * before + value) / (before + 1);
  });
  return mean;
}

/** As the mean of angles in degrees runs around: that of their directions. */
function meanDirections(
  valuesDeg: Float64Array,
  meanOf: (values: Float64Array) => Float64Array,
): Float64Array {
  const sine = meanOf(valuesDeg.map((deg) => Math.sin(radFromDeg(deg))));
  const cosine = meanOf(valuesDeg.map((deg) => Math.cos(radFromDeg(deg))));
  const once = meanOf(valuesDeg);
  return sine.map((value, cell) => {
    const meanDeg = degFromRad(Math.atan2(value, cosine[cell]));
    // A cell that was measured once keeps its number to the last digit.
    return Math.abs(meanDeg - once[cell]) < 1e-9 ? once[cell] : meanDeg;
  });
}

/** Columns of the file with their titles, in order, as far as the points have them. */
function csvColumns(run: StoredRun): readonly (readonly [name: string, title: string])[] {
  const detector = detectorOfRun(run);
  const read = [...detector.columns, ...errorColumnsOf(detector)];
  return [
    ['x_mm', 'x (mm)'],
    ['y_mm', 'y (mm)'],
    ['z_mm', 'z (mm)'],
    ...read.map(({name, label, unit}) => [name, unit === '' ? label : `${label} (${unit})`] as const),
    ['region_index', 'region'],
    ['pass', 'pass'],
    ['output_frequency_hz', 'frequency behind the chain (Hz)'],
    ['bench_time_s', 'bench time (s)'],
  ];
}

const isWhole = ({stop}: StoredRun): boolean => stop?.exit_status === 'success';

/** What a run was and how it ended, a line each. */
function headOf(run: StoredRun, points: StoredPoints): string[] {
  const {start, stop} = run;
  const {shape} = start;
  const places = shape?.reduce((product, n) => product * n, 1);
  const planned =
    places === undefined ? 'what was planned' : countOf(Math.max(places, start.num_points ?? 0), 'place');
  return [
    `# d2nn-bench scan, run ${start.scan_id} (${start.uid}), session ${start.session_uid}`,
    `# plan ${start.plan_name} ${JSON.stringify(start.plan_args)}`,
    `# started ${new Date(start.time * 1000).toISOString()}, ended as ${stop?.exit_status ?? 'not ended'}${stop?.reason ? `: ${stop.reason}` : ''}`,
    ...(isWhole(run)
      ? []
      : [
          `# NOT WHOLE: the run did not end well; ${countOf(points.count, 'point')} of ${planned} ${pluralOf(points.count, 'is', 'are')} kept`,
        ]),
    ...(points.damage.length > 0
      ? [
          `# ${countOf(points.damage.length, 'point')} of the store ${pluralOf(points.damage.length, 'is', 'are')} damaged and written without numbers (NaN)`,
        ]
      : []),
    `# bench ${start.bench_name ?? ''}, operator ${start.operator}${start.sample === undefined ? '' : `, sample ${start.sample}`}`,
    `# positions as read back, in the bench frame; ${countOf(points.count, 'point')} in the order of measuring`,
    ...points.damage.map((own) => `# ${damageText(own)}`),
    ...doubtLines(run),
  ].map((line) => line.replaceAll(/[\r\n]+/g, ' '));
}

/** Which points do not lie between two checks of the instruments that found all well, and why. */
function doubtLines({stop}: StoredRun): string[] {
  const {points = {}, why = '', is_changed: isChanged = false} = stop?.doubtful ?? {};
  const suspended = (stop?.suspensions ?? []).flatMap(({points: before, reason}) =>
    Object.entries(before).map(
      ([stream, [first, last]]) =>
        `# IN DOUBT: points ${first} to ${last} of "${stream}", before the run was suspended: ${reason}`,
    ),
  );
  const doubtful = Object.entries(points).map(
    ([stream, [first, last]]) =>
      `# ${isChanged ? 'IN DOUBT' : 'not looked after'}: points ${first} to ${last} of "${stream}": ${why}`,
  );
  return [...suspended, ...doubtful];
}

/**
 * A spreadsheet cuts a comment at its commas, too, and takes what then begins like a formula for one; people and
 * instruments may have written anything. An apostrophe makes it text. Numbers stay as they are.
 */
const withoutFormulas = (line: string): string =>
  line.replaceAll(/(?<=[,;\t]\s*"*)(?=[=+@]|-(?!\d+(?:\.\d+)?(?:e[+-]?\d+)?(?:[\s,;\]}]|$)))/gi, "'");

/** Points in the order of measuring, below a block of comment lines; a last column marks those in doubt. */
export function csvFrom(run: StoredRun, points: StoredPoints): string {
  const present = csvColumns(run).filter(([name]) => points.data[name] !== undefined);
  const lines = headOf(run, points).map(withoutFormulas);
  const isDoubtful = doubtOf(run);
  const marked = (cells: readonly string[], mark: string): string =>
    (isDoubtful ? [...cells, mark] : cells).join(',');
  lines.push(
    marked(
      present.map(([, title]) => title),
      'in doubt',
    ),
  );
  for (let i = 0; i < points.count; i++)
    lines.push(
      marked(
        present.map(([name]) => String(points.data[name]?.[i])),
        isDoubtful?.(i) === true ? '1' : '0',
      ),
    );
  return `${lines.join('\n')}\n`;
}
