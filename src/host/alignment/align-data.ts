import {join, resolve} from 'node:path';
import {z} from 'zod';
import {digitsText} from '../../base/number-format.ts';
import {decodeNpy, type NpyArray} from '../../base/npy.ts';
import {decodeUtf8Text} from '../../base/text-encoding.ts';
import {BenchError} from '../../contract/errors.ts';
import {illuminationSchema, probeSchema, type Illumination, type Probe} from '../../contract/illumination.ts';
import type {ComplexPlane} from '../../contract/optics.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {count, positiveQuantity, quantity} from '../../contract/quantity.ts';
import {firstIssueText} from '../../contract/schema-issue.ts';
import {noiseSigma, type MeasuredPlane} from '../../twin/alignment/measured-plane.ts';
import type {Design} from '../../twin/design/load.ts';
import {assertSquare, transmissionFrom} from '../../twin/field/array-values.ts';
import {testDigitsById} from '../campaign/digits.ts';
import {openDesign} from '../designs/design-folder.ts';
import {fileLimitBytes} from '../files/file-limits.ts';
import {readBounded} from '../files/read-bounded.ts';

const ratio = z.number().finite().min(0).lt(1);

/** `data.json`: planes that were measured elsewhere (docs/alignment.md describes each field). */
const dataSchema = z
  .object({
    format: z.literal('d2nn-bench/planes'),
    version: z.literal(1),
    /** Folder of the design, relative to this file. */
    design: z.string().min(1),
    /** As it is known before; the design's own unless given. */
    illumination: illuminationSchema.optional(),
    probe: probeSchema,
    /** Noise of a reading: part of each plane's largest value, and part of the value itself. */
    noise: z.object({additiveRatio: ratio, multiplicativeRatio: ratio.default(0)}).strict(),
    /** Cell (row, column) of a plane lies at x0 + column step, y0 + row step, in the scan's frame. */
    scan: z
      .object({
        x0Mm: quantity(-10_000, 10_000, 'mm'),
        y0Mm: quantity(-10_000, 10_000, 'mm'),
        stepMm: positiveQuantity(1000, 'mm'),
        columns: count(2, 10_000),
        rows: count(2, 10_000),
      })
      .strict(),
    propagation: z.enum(['rs', 'asm']).default('rs'),
    planes: z
      .array(
        z
          .object({
            label: z.string().min(1),
            /** Amplitude, .npy; row 0 at the smallest y. Or a digit of the program's own set, `mnist:7:9042`. */
            object: z.string().min(1),
            /** Side of the object's square; the design's field unless given. */
            objectSideMm: positiveQuantity(10_000, 'mm').optional(),
            /** Value of the array that stands for full transmission: 255 for a picture. */
            objectFullScale: positiveQuantity(1e9, '').default(1),
            /** Powers, rows x columns, .npy; NaN where nothing was measured. */
            measured: z.string().min(1),
            /** Plates that stood in the bench, counted from 1; all unless given. */
            plates: z.array(z.number().int().min(1)).optional(),
          })
          .strict(),
      )
      .min(1),
  })
  .strict();

type Scan = z.infer<typeof dataSchema>['scan'];
type DataPlane = z.infer<typeof dataSchema>['planes'][number];

export interface AlignmentData {
  readonly design: Design;
  readonly illumination: Illumination;
  readonly probe: Probe;
  readonly method: 'rs' | 'asm';
  readonly planes: readonly MeasuredPlane[];
}

/** Reads a folder of planes with its `data.json`. Throws `file/not-found` or `file/invalid` naming file and field. */
export async function readAlignmentData(folder: string): Promise<AlignmentData> {
  const bytes = await readBytes(folder, 'data.json', fileLimitBytes.planeList);
  let json: unknown;
  try {
    json = JSON.parse(decodeUtf8Text(bytes));
  } catch (error) {
    throw invalid('data.json', `it is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  const parsed = dataSchema.safeParse(json);
  if (!parsed.success) throw invalid('data.json', firstIssueText(parsed.error));
  const data = parsed.data;
  const design = await openDesign(resolve(folder, data.design));
  assertScanOnDesign(data.scan, design);
  assertSizes(data, design);
  const plateCount = design.layers.length;
  const planes: MeasuredPlane[] = [];
  for (const plane of data.planes) {
    const outside = plane.plates?.find((plate) => plate > plateCount);
    if (outside !== undefined)
      throw invalid(
        'data.json',
        `plane "${plane.label}" names plate ${outside}; the design has ${plateCount}`,
      );
    const object = await readObject(folder, plane.object, plane, design);
    const cells = await readCells(folder, plane.measured, data.scan);
    planes.push({
      label: plane.label,
      object,
      ...cells,
      sigma: noiseSigma(cells.values, data.noise.additiveRatio, data.noise.multiplicativeRatio),
      ...(plane.plates
        ? {present: Array.from({length: plateCount}, (_, i) => plane.plates!.includes(i + 1))}
        : {}),
    });
  }
  return {
    design,
    illumination: data.illumination ?? design.file.illumination,
    probe: data.probe,
    method: data.propagation,
    planes,
  };
}

/** Refuses a scan beside the design's plane, or far larger: its lengths are in another unit then. */
function assertScanOnDesign({x0Mm, y0Mm, stepMm, columns, rows}: Scan, {file}: Design): void {
  const side = file.grid.count * file.grid.pitchMm;
  const sides = [
    ['x', x0Mm, stepMm * (columns - 1)],
    ['y', y0Mm, stepMm * (rows - 1)],
  ] as const;
  for (const [axis, startMm, lengthMm] of sides)
    if (startMm > side / 2 || startMm + lengthMm < -side / 2 || lengthMm > 4 * side || lengthMm < side / 100)
      throw invalid(
        'data.json',
        `the scan runs along ${axis} from ${startMm} to ${startMm + lengthMm} mm; the plane of the design, -${side / 2} to ${side / 2} mm, cannot be compared with that`,
      );
}

/** Refuses sizes that no bench of this design has: lengths in another unit. */
function assertSizes({probe, illumination, planes}: z.infer<typeof dataSchema>, {file}: Design): void {
  const side = file.grid.count * file.grid.pitchMm;
  const wavelengthMm = wavelengthMmFromHz(file.frequencyHz);
  const assertWithin = (name: string, valueMm: number, leastMm: number, mostMm: number): void => {
    if (valueMm < leastMm || valueMm > mostMm)
      throw invalid(
        'data.json',
        `${name} is ${valueMm} mm; for this design ${digitsText(leastMm, 2)} to ${digitsText(mostMm, 2)} mm are expected. ` +
          'All lengths are in mm',
      );
  };
  if (probe.kind !== 'point')
    for (const sizeMm of [probe.widthMm, probe.heightMm])
      assertWithin('the probe', sizeMm, wavelengthMm / 20, side / 2);
  if (illumination?.kind === 'gaussian-beam')
    assertWithin('the radius of the light', illumination.radiusMm, wavelengthMm, 100 * side);
  for (const {label, objectSideMm} of planes)
    if (objectSideMm !== undefined)
      assertWithin(`the object of plane "${label}"`, objectSideMm, 2 * wavelengthMm, 4 * side);
}

async function readObject(
  folder: string,
  name: string,
  {objectSideMm: sideMm, objectFullScale: fullScale}: DataPlane,
  {file}: Design,
): Promise<ComplexPlane> {
  if (name.startsWith('mnist:')) return testDigitsById([name], file)[0].object;
  const array = await readArray(folder, name);
  const [sideCount] = array.shape;
  const side = sideMm ?? file.grid.count * file.grid.pitchMm;
  return judged(name, () => {
    assertSquare(array);
    return {
      grid: {count: sideCount, pitchMm: side / sideCount},
      ...transmissionFrom(array, fullScale, '"objectFullScale": 255 in data.json'),
    };
  });
}

async function readCells(
  folder: string,
  name: string,
  {x0Mm, y0Mm, stepMm, columns, rows}: Scan,
): Promise<{xMm: Float64Array; yMm: Float64Array; values: Float64Array}> {
  const array = await readArray(folder, name);
  if (array.im) throw invalid(name, 'measured powers are real numbers');
  if (array.shape.length !== 2 || array.shape[0] !== rows || array.shape[1] !== columns)
    throw invalid(
      name,
      `its shape is ${array.shape.join(' x ')}, the scan has ${rows} rows x ${columns} columns`,
    );
  const [xMm, yMm, values]: number[][] = [[], [], []];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const value = array.re[row * columns + column];
      if (Number.isNaN(value)) continue;
      if (!Number.isFinite(value))
        throw invalid(name, `row ${row}, column ${column} is ${value}; write NaN where nothing was measured`);
      xMm.push(x0Mm + column * stepMm);
      yMm.push(y0Mm + row * stepMm);
      values.push(value);
    }
  return {xMm: Float64Array.from(xMm), yMm: Float64Array.from(yMm), values: Float64Array.from(values)};
}

async function readArray(folder: string, name: string): Promise<NpyArray> {
  const bytes = await readBytes(folder, name, fileLimitBytes.array);
  return judged(name, () => decodeNpy(bytes));
}

function judged<Value>(name: string, judge: () => Value): Value {
  try {
    return judge();
  } catch (error) {
    throw invalid(name, error instanceof Error ? error.message : String(error));
  }
}

const readBytes = (folder: string, name: string, limitBytes: number): Promise<Uint8Array> =>
  readBounded(join(folder, name), limitBytes, {
    subject: join(folder, name),
    whenMissing: 'Nothing was computed; a folder of data holds data.json and the planes it names.',
    whenUnusable: 'Nothing was computed.',
  });

const invalid = (name: string, what: string): BenchError =>
  new BenchError('file/invalid', `The planes cannot be used: ${name}: ${what}. Nothing was computed.`, {
    details: {file: name},
  });
