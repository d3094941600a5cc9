import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {encodeNpy} from '../../../src/base/npy.ts';
import {measuredHeightsSchema} from '../../../src/contract/map-import.ts';
import {measurePlate} from '../../../src/host/maps/measured-plate.ts';
import type {StoredAlignment} from '../../../src/host/placements/alignment-records.ts';
import {
  measuredHeightsOf,
  storeMeasuredHeights,
  withMeasuredHeights,
} from '../../../src/host/placements/measured-heights.ts';
import {openStore} from '../../../src/host/store/open-store.ts';
import {createPrintHeights} from '../../../src/twin/alignment/print-heights.ts';
import {smallDesign} from '../print/small-design.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heights-'));
});
afterEach(() => rm(folder, {recursive: true, force: true}));

const {file, layers} = smallDesign();
const [relief] = layers;
const side = relief.grid.count;

/** A map in um of four samples a pixel and more around, of the designed relief 0.01 mm higher, first row on top. */
async function scanOf(change: (value: number, at: number) => number = (value) => value): Promise<string> {
  const [count, finer, rim] = [4 * side + 8, 4, 4];
  const values = Float64Array.from({length: count * count}, (_, i) => {
    const clamp = (at: number): number => Math.min(side - 1, Math.max(0, Math.floor((at - rim) / finer)));
    const [row, column] = [count - 1 - Math.floor(i / count), i % count];
    return change(1000 * (relief.values[clamp(row) * side + clamp(column)] + 0.01), i);
  });
  const path = join(folder, 'scan.npy');
  await writeFile(path, encodeNpy({shape: [count, count], dtype: '<f8', re: values}));
  return path;
}

const measuredOf = (path: string, over: Readonly<Record<string, unknown>> = {}) =>
  measuredHeightsSchema.parse({
    sessionUid: 'session',
    plate: 1,
    source: {path},
    answers: {
      quantity: {kind: 'height', unit: 'um'},
      orientation: {firstRow: 'top', seenFrom: 'detector'},
      pitchMm: relief.grid.pitchMm / 4,
    },
    ...over,
  });
const measure = (path: string, over: Readonly<Record<string, unknown>> = {}) =>
  measurePlate({measured: measuredOf(path, over), relief});

describe('a measured height map', () => {
  it('gives the errors of the print at the plate’s samples, about their mean where its zero is not the base', async () => {
    const path = await scanOf();
    const found = await measure(path);
    expect(found).toMatchObject({plate: 1, missingCount: 0, map: {file: 'scan.npy'}});
    expect(found.meanMm).toBeCloseTo(0.01, 5);
    expect(found.rmsMm).toBeCloseTo(0.01, 5);
    expect(found.correlation).toBeCloseTo(1, 6);
    expect((await measure(path, {isLevelled: true})).rmsMm).toBeCloseTo(0, 6);
  });

  it('is read where it lies on the plate', async () => {
    const path = await scanOf();
    const moved = await measure(path, {placement: {dxMm: 0.5}, missing: 'as-designed'});
    // A whole pixel beside: most heights are those of the neighbour.
    expect(moved.errorsMm[1]).toBeCloseTo(relief.values[0] + 0.01 - relief.values[1], 5);
  });

  it('is refused when it is mirrored or turned against the plate, with how it would fit', async () => {
    const path = await scanOf();
    const mirrored = {
      answers: {...measuredOf(path).answers, orientation: {firstRow: 'top', seenFrom: 'source'}},
    };
    await expect(measure(path, mirrored)).rejects.toThrow(/by 1\.00 when it is mirrored left-right/);
  });

  it('may miss numbers only where the design’s heights are to be taken', async () => {
    const path = await scanOf((value, at) => (at < 600 ? NaN : value));
    await expect(measure(path)).rejects.toThrow(/no measured height \(NaN, or beyond the map\)/);
    const found = await measure(path, {missing: 'as-designed'});
    expect(found.missingCount).toBeGreaterThan(0);
    expect(found.errorsMm[side * side - 1]).toBe(0);
  });
});

it('predictions as aligned use the newest measured heights of a plate as it stands, and what was found of the others', () => {
  using store = openStore(join(folder, 'bench.sqlite'));
  const place = {benchName: 'bench', benchSeed: null, designHash: file.contentHash};
  const {uid: sessionUid} = store.createSession({
    title: 'campaign',
    operator: '',
    benchName: place.benchName,
    designHash: place.designHash,
  });
  store.addArtifact({
    sessionUid,
    kind: 'design-file',
    name: 'design.json',
    mediaType: 'application/json',
    bytes: new TextEncoder().encode(JSON.stringify(file)),
    metadata: {designHash: place.designHash},
  });
  const keep = (errorMm: number, over: Partial<typeof place> = {}): void => {
    const errors = new Float32Array(side * side);
    errors[1] = errorMm;
    storeMeasuredHeights(store, sessionUid, errors, {
      ...place,
      ...over,
      plate: 0,
      rmsMm: 0.01,
      missingCount: 0,
      map: {file: 'scan.npy', sha256: 'a', array: ''},
      answers: {...measuredOf('scan.npy').answers, missing: 'refuse', isLevelled: false},
      placement: {dxMm: 0, dyMm: 0, rotationDeg: 0},
      by: '',
      programVersion: '0',
    });
  };
  const size = side * side;
  const found = createPrintHeights(new Float32Array(2 * size).fill(0.5));
  // Plate 1 stands in the second place, mirrored left-right.
  const alignment = {
    ...place,
    sessionUid,
    arrangement: {
      plates: [
        {plate: 1, orientation: 0},
        {plate: 0, orientation: 1},
      ],
      object: 0,
      scan: 0,
    },
  } as unknown as StoredAlignment;
  keep(0.3, {benchName: 'another bench'});
  expect(withMeasuredHeights(store, alignment, found)).toBe(found);
  keep(0.1);
  keep(0.2);
  const used = withMeasuredHeights(store, alignment, found);
  expect(used?.id).not.toBe(found.id);
  expect([...(used?.valuesMm.subarray(0, size) ?? [])]).toEqual(new Array(size).fill(0.5));
  expect(used?.valuesMm[size + side - 2]).toBeCloseTo(0.2, 6);
  expect(used?.valuesMm.subarray(size).filter((value) => value !== 0)).toHaveLength(1);

  // An alignment that began with the newest map found what is left beside it; with an older one nothing that counts.
  const [older, newest] = store.listCalibrations('plate-heights').slice(1);
  const begunWith = (artifactUid: string) =>
    withMeasuredHeights(store, {...alignment, measuredHeights: [artifactUid]}, found)?.valuesMm[
      size + side - 2
    ];
  expect(begunWith(newest.value.artifactUid)).toBeCloseTo(0.7, 6);
  expect(begunWith(older.value.artifactUid)).toBeCloseTo(0.2, 6);
  expect(measuredHeightsOf(store, alignment)).toMatchObject({
    plates: [0],
    artifactUids: [newest.value.artifactUid],
  });
  expect(measuredHeightsOf(store, {...place, benchName: 'a third one'})).toBeUndefined();
});
