import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {encodeNpy} from '../../src/base/npy.ts';
import {loadDesign, type Design} from '../../src/twin/design/load.ts';
import type {MountedObject} from '../../src/virtual/scene.ts';
import {randomRelief} from './chain-fixture.ts';

export interface SmallDesign extends Disposable {
  readonly folder: string;
  readonly design: Design;
}

/** A folder with a design of three plates of 16 mm, 30 mm apart, whose fields take no time to compute. */
export async function createSmallDesign(): Promise<SmallDesign> {
  const folder = mkdtempSync(join(tmpdir(), 'd2nn-small-design-'));
  const grid = {count: 40, pitchMm: 0.4};
  const layers = [1, 2, 3].map((number) => {
    const heightMap = `layer-${number}.npy`;
    const {values} = randomRelief(grid, `small design ${number}`);
    writeFileSync(join(folder, heightMap), encodeNpy({shape: [40, 40], dtype: '<f8', re: values}));
    return {
      heightMap,
      sha256: '0'.repeat(64),
      zMm: 30 * number,
      baseMm: 0.5,
      pitchMm: 0.4,
      refractiveIndex: 1.7227,
      extinction: 0.031,
      reliefFaces: 'detector',
      levels: null,
    };
  });
  const region = (label: string, centerXMm: number) => ({
    label,
    centerXMm,
    centerYMm: 0,
    widthMm: 4,
    heightMm: 4,
  });
  const file = {
    format: 'd2nn-bench/design',
    version: 1,
    name: 'three small plates',
    contentHash: `sha256:${'0'.repeat(64)}`,
    frequencyHz: 4e11,
    grid,
    illumination: {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0},
    object: {kind: 'binary-mask', imageCount: 8, sideMm: 9.6, interpolation: 'nearest', threshold: 0.5},
    layers,
    detector: {zMm: 120, regions: [region('0', -4), region('1', 4)]},
  };
  writeFileSync(join(folder, 'design.json'), JSON.stringify(file));
  return {
    folder,
    design: await loadDesign((name) => readFile(join(folder, name))),
    [Symbol.dispose]: () => rmSync(folder, {recursive: true}),
  };
}

/** An object without any symmetry. */
export const smallObject: MountedObject = {
  label: 'corner',
  grid: {count: 8, pitchMm: 1.2},
  amplitude: Float64Array.from({length: 64}, (_, i) => (i < 16 || i % 8 < 3 || i === 45 ? 1 : 0)),
};
