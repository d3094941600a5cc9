import {BenchError} from '../../contract/errors.ts';
import type {MapAnswers, MapSources} from '../../contract/map-import.ts';
import type {MapArray} from './map-array.ts';
import {readMapFile, type MapFile} from './read-map-file.ts';

/** One plane of numbers of a file. */
export interface ChosenPlane {
  readonly file: MapFile;
  /** `maps.npz: layers.0.phase`. */
  readonly from: string;
  /** As the file names it; '' where it names none. */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly re: Float64Array | Float32Array;
  readonly im?: Float64Array | Float32Array | undefined;
}

/** The files of an import, each read once. Throws as `readMapFile`. */
export async function readMapFiles(sources: MapSources): Promise<ReadonlyMap<string, MapFile>> {
  const files = new Map<string, MapFile>();
  for (const {path} of sources) if (!files.has(path)) files.set(path, await readMapFile(path));
  return files;
}

/** What is wrong with a file, in the sentence that every refusal of an import is. */
export const mapRefused = (from: string, what: string, cause?: unknown): BenchError =>
  new BenchError('file/invalid', `The map ${from} cannot be used: ${what}. Nothing was imported.`, {cause});

/** Where a plane comes from, for people. */
const fromText = (file: MapFile, name: string): string => (name === '' ? file.name : `${file.name}: ${name}`);

/**
 * The planes that are chosen of files, in the order of the files and, within one, of the names that are given, else of
 * all names (`layers.2` before `layers.10`). Without names, what has not two axes is passed over. A name with `*` stands
 * for all arrays whose names fit it. Throws `file/invalid` naming file, array and reason.
 */
export function chosenPlanes(
  sources: MapSources,
  files: ReadonlyMap<string, MapFile>,
  {stack}: Pick<MapAnswers, 'stack'>,
): ChosenPlane[] {
  return sources.flatMap(({path, arrays}) => {
    const file = files.get(path);
    if (!file) throw new BenchError('internal', `The map ${path} was not read. Nothing was imported.`);
    if (arrays)
      return arrays
        .flatMap((name) => namedArrays(file, name))
        .flatMap((array) => planesOf(file, array, stack));
    const planar = file.arrays.filter((array) => axesOf(array).length >= 2).sort(byName);
    if (planar.length === 0)
      throw mapRefused(
        file.name,
        `none of its arrays has rows and columns (${file.arrays.map(shapeText).join('; ')}); a map has two axes`,
      );
    return planar.flatMap((array) => planesOf(file, array, stack));
  });
}

/** The array of a name, or those that fit a name with `*`, in the order of their names. */
function namedArrays(file: MapFile, name: string): readonly MapArray[] {
  const own = file.arrays.find((array) => array.name === name);
  if (own) return [own];
  const fitting = name.includes('*')
    ? file.arrays.filter((array) => fits(array.name, name)).sort(byName)
    : [];
  if (fitting.length === 0)
    throw mapRefused(
      file.name,
      `it holds no array "${name}"; it holds ${file.arrays.map((array) => `"${array.name}"`).join(', ')}`,
    );
  return fitting;
}

/** Whether a name fits one in which `*` stands for any text; each part is looked for once, behind the one before. */
function fits(name: string, pattern: string): boolean {
  const [first, ...rest] = pattern.split('*');
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= end;
}

const order = new Intl.Collator('en', {numeric: true});
const byName = (a: MapArray, b: MapArray): number => order.compare(a.name, b.name);

const shapeText = ({name, shape}: MapArray): string =>
  `${name === '' ? 'shape' : `"${name}"`} ${shape.join(' x ') || 'a single number'}`;

/** Axes that hold more than one place. */
const axesOf = ({shape}: Pick<MapArray, 'shape'>): number[] => shape.filter((side) => side !== 1);

function planesOf(file: MapFile, array: MapArray, stack: MapAnswers['stack']): ChosenPlane[] {
  const {name, re, im} = array;
  const axes = axesOf(array);
  const from = fromText(file, name);
  if (re.length === 0) throw mapRefused(from, `it is empty (${shapeText(array)})`);
  if (axes.length === 2) {
    const [rows, columns] = axes;
    return [{file, from, name, rows, columns, re, im}];
  }
  if (axes.length !== 3)
    throw mapRefused(
      from,
      `it has ${axes.length} axes (${shapeText(array)}); a map has two: rows and columns`,
    );
  if (stack === 'refuse')
    throw mapRefused(
      from,
      `it has three axes (${axes.join(' x ')}), and nobody has said which one goes from plate to plate; name the first or the last`,
    );
  return stackedPlanes({file, from, name, re, im}, axes, stack === 'first-axis');
}

/** Planes of an array of three axes, along its first or last one. */
function stackedPlanes(
  {file, from, name, re, im}: Omit<ChosenPlane, 'rows' | 'columns'>,
  axes: readonly number[],
  isFirst: boolean,
): ChosenPlane[] {
  const count = isFirst ? axes[0] : axes[2];
  const [rows, columns] = isFirst ? axes.slice(1) : axes;
  if (count > 64)
    throw mapRefused(
      from,
      `its axis from plate to plate has ${count} places; a design has at most 64 plates`,
    );
  const size = rows * columns;
  const planeOf = (values: ArrayLike<number>, plane: number): Float64Array =>
    Float64Array.from({length: size}, (_, i) => values[isFirst ? plane * size + i : i * count + plane]);
  return Array.from({length: count}, (_, i) => ({
    file,
    from: `${from}[${i}]`,
    name: `${name}[${i}]`,
    rows,
    columns,
    re: planeOf(re, i),
    im: im && planeOf(im, i),
  }));
}
