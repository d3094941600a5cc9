import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {encodeNpy} from '../../src/base/npy.ts';
import {createRandom} from '../../src/base/random.ts';
import {sha256Of} from '../../src/host/designs/design-folder.ts';
import {designHash, loadDesign, type Design} from '../../src/twin/design/load.ts';
import type {MountedObject} from '../../src/virtual/scene.ts';
import {randomRelief} from './chain-fixture.ts';

export interface SmallDesign extends Disposable {
  readonly folder: string;
  readonly design: Design;
}

interface SmallDesignOptions {
  readonly frequenciesHz?: readonly number[] | undefined;
  readonly plateCount?: number;
  /** Of plates that have masks of open and closed pixels. */
  readonly neurons?: 'amplitude' | 'complex' | undefined;
}

/**
 * A folder with a design of plates of 16 mm (three unless given), 30 mm apart, whose fields take no time to compute; it
 * shows images of 8 x 8 pixels unless given (the digits have 28 x 28). With frequencies it is read at all of them, and
 * its material is another one at 350 GHz.
 */
export async function createSmallDesign(
  imageCount = 8,
  {frequenciesHz, plateCount = 3, neurons}: SmallDesignOptions = {},
): Promise<SmallDesign> {
  const folder = mkdtempSync(join(tmpdir(), 'd2nn-small-design-'));
  const grid = {count: 40, pitchMm: 0.4};
  const layers = Array.from({length: plateCount}, (_, i) => i + 1).map((number) => {
    const heightMap = `layer-${number}.npy`;
    const {values} = randomRelief(grid, `small design ${number}`);
    const save = (name: string, re: Float64Array): string => {
      const bytes = encodeNpy({shape: [40, 40], dtype: '<f8', re});
      writeFileSync(join(folder, name), bytes);
      return sha256Of(bytes);
    };
    const transmissionMap = `mask-${number}.npy`;
    return {
      heightMap,
      sha256: save(heightMap, neurons === 'amplitude' ? new Float64Array(1600) : Float64Array.from(values)),
      ...(neurons && {
        neurons,
        mask: {transmissionMap, sha256: save(transmissionMap, openPixels(number)), levels: 2},
      }),
      zMm: 30 * number,
      baseMm: 0.5,
      pitchMm: 0.4,
      refractiveIndex: 1.7227,
      extinction: 0.031,
      ...(frequenciesHz && {dispersion: [{frequencyHz: 3.5e11, refractiveIndex: 1.74, extinction: 0.025}]}),
      reliefFaces: 'detector' as const,
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
    format: 'd2nn-bench/design' as const,
    version: 1 as const,
    name: `${plateCount === 3 ? 'three' : plateCount} small plates`,
    contentHash: '',
    frequencyHz: frequenciesHz?.[0] ?? 4e11,
    grid,
    illumination: {kind: 'plane-wave' as const, tiltXDeg: 0, tiltYDeg: 0},
    object: {
      kind: 'binary-mask' as const,
      imageCount,
      sideMm: 9.6,
      interpolation: 'nearest' as const,
      threshold: 0.5,
    },
    layers,
    detector: {
      zMm: 30 * (plateCount + 1),
      regions: [region('0', -4), region('1', 4)],
      ...(frequenciesHz && {frequenciesHz: [...frequenciesHz]}),
    },
  };
  const contentHash = designHash(file, sha256Of);
  writeFileSync(join(folder, 'design.json'), JSON.stringify({...file, contentHash}));
  return {
    folder,
    design: await loadDesign((name) => readFile(join(folder, name))),
    [Symbol.dispose]: () => rmSync(folder, {recursive: true}),
  };
}

/** About two of three pixels are open, differently in each plate. */
function openPixels(plate: number): Float64Array {
  const random = createRandom(`open pixels ${plate}`);
  return Float64Array.from({length: 1600}, () => (random.uniform() < 0.67 ? 1 : 0));
}

/**
 * Scene settings with which the open frame of a small design, 50 times as bright as the figure by which light is measured,
 * is as bright as the shipped design's: within the range in which a lock-in is opened.
 */
export const dimScene = {signalMaximumV: 4e-5} as const;

/** An object without any symmetry. */
export const smallObject: MountedObject = {
  label: 'corner',
  grid: {count: 8, pitchMm: 1.2},
  amplitude: Float64Array.from({length: 64}, (_, i) => (i < 16 || i % 8 < 3 || i === 45 ? 1 : 0)),
};
