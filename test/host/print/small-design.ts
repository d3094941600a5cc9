import type {DesignFile} from '../../../src/contract/design-file.ts';
import {createRandom} from '../../../src/base/random.ts';
import type {Design} from '../../../src/twin/design/load.ts';

const grid = {count: 12, pitchMm: 0.5};

/** Two plates of 12 x 12 pixels with random heights, the second with its relief to the source; no folder behind it. */
export function smallDesign(over: Partial<DesignFile> = {}): Design {
  const random = createRandom(5);
  const layer = (zMm: number, reliefFaces: 'source' | 'detector'): DesignFile['layers'][number] => ({
    heightMap: `layer-${zMm}.npy`,
    sha256: 'a'.repeat(64),
    zMm,
    baseMm: 0.5,
    pitchMm: grid.pitchMm,
    refractiveIndex: 1.7,
    extinction: 0.03,
    reliefFaces,
    levels: null,
  });
  const relief = () => ({
    grid,
    values: Float32Array.from({length: grid.count ** 2}, () => random.uniform()),
  });
  const region = (label: string, centerXMm: number) => ({
    label,
    centerXMm,
    centerYMm: 0,
    widthMm: 1,
    heightMm: 1,
  });
  return {
    file: {
      format: 'd2nn-bench/design',
      version: 1,
      name: 'small <design>',
      contentHash: `sha256:${'b'.repeat(64)}`,
      frequencyHz: 400e9,
      grid,
      illumination: {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0},
      object: {kind: 'binary-mask', imageCount: 28, sideMm: 5, interpolation: 'nearest', threshold: 0.5},
      layers: [layer(20, 'detector'), layer(40, 'source')],
      detector: {zMm: 60, regions: [region('0', -2), region('1', 2)]},
      ...over,
    },
    layers: [relief(), relief()],
  };
}
