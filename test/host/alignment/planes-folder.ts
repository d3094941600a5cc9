import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {encodeNpy} from '../../../src/base/npy.ts';
import {saveDesign} from '../../../src/host/designs/design-folder.ts';
import type {BenchState} from '../../../src/twin/alignment/state.ts';
import {
  createMask,
  createSettings,
  displaced,
  grid,
  illumination,
  measurePlanes,
  outputZMm,
  plates,
  probe,
} from '../../twin/alignment/small-bench.ts';

/** A folder with the design of a small bench, and folders of planes with their data.json. */
export interface PlanesFolder extends Disposable {
  readonly path: string;
  /** Where everything stood when the planes were measured. */
  readonly truth: BenchState;
  /** What is measured, in the order of the planes. */
  readonly measured: readonly Float64Array[];
  /** Writes a folder of planes beside the design; `change` is laid over its data.json. */
  write(name: string, change?: object, planes?: readonly Float64Array[]): string;
}

/** What is left free so that three planes of the small bench tell all of it. */
export const smallBenchFree = [
  '-beam.centerX',
  '-beam.centerY',
  '-beam.narrowness',
  '-beam.curvature',
  '-plates.n',
];

/** The planes of three masks, measured on a small bench whose parts are off. */
export async function createPlanesFolder(): Promise<PlanesFolder> {
  const path = mkdtempSync(join(tmpdir(), 'd2nn-planes-'));
  const truth = displaced(11);
  await saveDesign(
    join(path, 'design'),
    {
      format: 'd2nn-bench/design',
      version: 1,
      name: 'small',
      frequencyHz: 4e11,
      grid,
      illumination,
      object: {kind: 'binary-mask', imageCount: 10, sideMm: 8, interpolation: 'nearest', threshold: 0.5},
      detector: {
        zMm: outputZMm,
        regions: [-3, 3].map((centerXMm, i) => ({
          label: `${i}`,
          centerXMm,
          centerYMm: 0,
          widthMm: 4,
          heightMm: 4,
        })),
      },
    },
    plates.map(({relief, baseMm, refractiveIndex, extinction, zMm}) => ({
      zMm,
      baseMm,
      pitchMm: grid.pitchMm,
      refractiveIndex,
      extinction,
      reliefFaces: 'detector',
      levels: null,
      heightsMm: Float32Array.from(relief.values),
    })),
  );
  return {
    path,
    truth,
    measured: measurePlanes(createSettings(3), truth, 11).map(({values}) => values),
    write(name, change = {}, planes = []) {
      const folder = join(path, name);
      writePlanes(folder, change, planes);
      return folder;
    },
    [Symbol.dispose]: () => rmSync(path, {recursive: true}),
  };
}

function writePlanes(folder: string, change: object, planes: readonly Float64Array[]): void {
  mkdirSync(folder, {recursive: true});
  planes.forEach((values, i) => {
    const {re} = createMask(i);
    writeFileSync(join(folder, `plane-${i}.npy`), encodeNpy({shape: [15, 15], dtype: '<f8', re: values}));
    writeFileSync(join(folder, `object-${i}.npy`), encodeNpy({shape: [10, 10], dtype: '<f8', re}));
  });
  const data = {
    format: 'd2nn-bench/planes',
    version: 1,
    design: '../design',
    probe,
    noise: {additiveRatio: 0.003, multiplicativeRatio: 0.005},
    scan: {x0Mm: -7, y0Mm: -7, stepMm: 1, columns: 15, rows: 15},
    planes: [0, 1, 2].map((i) => ({
      label: `mask ${i}`,
      object: `object-${i}.npy`,
      objectSideMm: 8,
      measured: `plane-${i}.npy`,
    })),
    ...change,
  };
  writeFileSync(join(folder, 'data.json'), JSON.stringify(data));
}
