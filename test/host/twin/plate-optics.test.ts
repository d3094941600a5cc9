/** Whatever is computed of a design follows how it says that its plates act on light. */
import {cpSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {measurementModelSchema} from '../../../src/contract/measurement.ts';
import type {ComplexPlane} from '../../../src/contract/optics.ts';
import {thickPlates} from '../../../src/contract/plate-optics.ts';
import {toleranceSettingsSchema} from '../../../src/contract/tolerance.ts';
import {tradeOffSettingsSchema} from '../../../src/contract/trade-off.ts';
import {trainingSettingsSchema} from '../../../src/contract/training.ts';
import {asBuiltWork} from '../../../src/host/calibrate/reprint.ts';
import {openDesign, sha256Of} from '../../../src/host/designs/design-folder.ts';
import {trainDesign} from '../../../src/host/designs/train-design.ts';
import {sensitivityOfDesign} from '../../../src/host/probes/design-sensitivity.ts';
import {computeFields} from '../../../src/host/twin/fields.ts';
import {studyTolerances} from '../../../src/host/twin/tolerance.ts';
import {studyTradeOff} from '../../../src/host/twin/trade-off.ts';
import {asDesigned} from '../../../src/twin/alignment/arrangement.ts';
import {designedState} from '../../../src/twin/alignment/defaults.ts';
import {createAsBuiltNetwork} from '../../../src/twin/calibration/as-built-network.ts';
import {designHash, modelFrom, type Design} from '../../../src/twin/design/load.ts';
import {createObject} from '../../../src/twin/field/object.ts';
import {imageAt, type LabelledImages} from '../../../src/twin/training/batch.ts';
import {smallTraining} from '../designs/small-training.ts';
import {createSmallDesign, type SmallDesign} from '../../virtual/small-design.ts';

let small: SmallDesign;
let folder: string;
let thin: Design;
let thick: Design;
const thickFolder = (): string => join(folder, 'thick');

/** A copy of a design's folder that takes the plates as thick. */
async function copyAsThick(from: string, to: string): Promise<void> {
  cpSync(from, to, {recursive: true});
  const own = {...(await openDesign(from)).file, plateOptics: thickPlates};
  writeFileSync(join(to, 'design.json'), JSON.stringify({...own, contentHash: designHash(own, sha256Of)}));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plate-optics-'));
  small = await createSmallDesign(28, {plateCount: 2});
  await copyAsThick(small.folder, thickFolder());
  [thin, thick] = [small.design, await openDesign(thickFolder())];
});
afterAll(() => {
  small[Symbol.dispose]();
  rmSync(folder, {recursive: true, force: true});
});

/** Pictures of 28 x 28 pixels in two classes. */
const images: LabelledImages = {
  rows: 28,
  columns: 28,
  labels: Uint8Array.from([0, 1, 0, 1]),
  bytes: Uint8Array.from({length: 4 * 784}, (_, i) =>
    ((i % 784) * 7 + 13 * Math.floor(i / 784)) % 29 < 9 ? 255 : 0,
  ),
};
const objectOf = ({file}: Design): ComplexPlane => createObject(imageAt(images, 1), file.grid, file.object);

const differ = (values: readonly number[], others: readonly number[]): void => {
  expect(values).toHaveLength(others.length);
  expect(values.every(Number.isFinite) && others.every(Number.isFinite)).toBe(true);
  expect(Math.max(...values.map((value, i) => Math.abs(value - others[i])))).toBeGreaterThan(
    0.01 * Math.max(...others.map(Math.abs)),
  );
};

test('planes along the beam', () => {
  const [own, other] = [thin, thick].map((design) => {
    return computeFields(design, {object: objectOf(design), zMm: [10, 45], maximumCount: 20}).planes.map(
      (plane) => plane.powerRatio,
    );
  });
  // In front of the first plate nothing is different.
  expect(other[0]).toBe(own[0]);
  differ([own[1]], [other[1]]);
});

test('what each error costs (tolerances)', async () => {
  const margins: number[] = [];
  for (const [designFolder, design] of [
    [small.folder, thin],
    [thickFolder(), thick],
  ] as const) {
    const study = await studyTolerances({
      designFolder,
      design,
      images,
      model: measurementModelSchema.parse({samplesPerPixel: 1}),
      settings: toleranceSettingsSchema.parse({
        benchCount: 2,
        digitsPerBench: 2,
        wantedMatch: 0.9,
        isQuick: true,
      }),
      workerCount: 1,
    });
    margins.push(study.together.meanMargin.mean);
  }
  differ([margins[0]], [margins[1]]);
});

test('how far each part may be off (sensitivity)', async () => {
  const rows: number[][] = [];
  for (const design of [thin, thick]) {
    const found = await sensitivityOfDesign(design, {objectCount: 2, workerCount: 1});
    rows.push(
      found.rows.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({points}) => points[0].correlation),
    );
  }
  differ(rows[0], rows[1]);
});

test('the network as it was built (calibrate)', () => {
  const [own, other] = [thin, thick].map((design) => {
    const {plateOptics} = modelFrom(design);
    const bench = {
      design,
      state: designedState(modelFrom(design).plates, design.file.illumination),
      arrangement: asDesigned(2),
      method: 'asm' as const,
      plateOptics,
      probe: {kind: 'point' as const},
      scanStepMm: 1,
    };
    const {network} = asBuiltWork(bench, images);
    const work = createAsBuiltNetwork({...network, stack: {...network.stack, oversample: 1}});
    return Array.from(work.energiesOf(objectOf(design)));
  });
  differ(own, other);
});

test('what a weight trades, of a design that was trained thin and is taken as thick', async () => {
  const trained = join(folder, 'trained');
  const settings = trainingSettingsSchema.parse({...smallTraining, epochs: 1, trainingCount: 16});
  await trainDesign(settings, {folder: trained, command: 'test', workerCount: 1});
  await copyAsThick(trained, join(folder, 'trained-thick'));
  const light: number[] = [];
  for (const designFolder of [trained, join(folder, 'trained-thick')]) {
    const {before} = await studyTradeOff({
      designFolder,
      settings: tradeOffSettingsSchema.parse({values: [0, 1], steps: 1, marginImages: 0}),
      data: null,
      model: measurementModelSchema.parse({}),
      workerCount: 1,
    });
    light.push(before.efficiency);
  }
  differ([light[0]], [light[1]]);
});
