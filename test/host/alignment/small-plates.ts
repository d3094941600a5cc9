import type {Illumination} from '../../../src/contract/illumination.ts';
import type {RealPlane} from '../../../src/contract/optics.ts';
import {defaultDesignFolder} from '../../../src/host/designs/default-design.ts';
import {openDesign, saveDesign} from '../../../src/host/designs/design-folder.ts';
import type {Design} from '../../../src/twin/design/load.ts';

/** As the operator of the test's bench knows it, and as its scene has it but for a millimetre of its centre. */
export const smallPlateLight = {
  kind: 'gaussian-beam',
  radiusMm: 6,
  centerXMm: 0,
  centerYMm: 0,
  curvatureRadiusMm: 400,
  tiltXDeg: 0,
  tiltYDeg: 0,
} satisfies Illumination;

/**
 * A folder with a design of plates of 24 mm, 17 mm apart: the middle of plates of the shipped design, by number from 0.
 * Of another size everything is as much larger, but for the pixels.
 */
export async function createPlates(
  folder: string,
  name: string,
  layers: readonly number[],
  {sideMm = 24} = {},
): Promise<Design> {
  const pitchMm = 0.4;
  const grid = {count: Math.round(sideMm / pitchMm), pitchMm};
  const scale = sideMm / 24;
  const shipped = await openDesign(defaultDesignFolder);
  const region = (label: string, centerXMm: number, centerYMm: number) => ({
    label,
    centerXMm: scale * centerXMm,
    centerYMm: scale * centerYMm,
    widthMm: 4 * scale,
    heightMm: 4 * scale,
  });
  await saveDesign(
    folder,
    {
      format: 'd2nn-bench/design',
      version: 1,
      name,
      frequencyHz: 4e11,
      grid,
      illumination: {...smallPlateLight, radiusMm: scale * smallPlateLight.radiusMm},
      object: {
        kind: 'binary-mask',
        imageCount: 28,
        sideMm: 15 * scale,
        interpolation: 'bilinear',
        threshold: 0.5,
      },
      detector: {
        zMm: 17 * scale * (layers.length + 1),
        regions: [region('0', -5, -5), region('1', 5, -5), region('2', -5, 5), region('3', 5, 5)],
      },
    },
    layers.map((layer, place) => ({
      zMm: 17 * scale * (place + 1),
      baseMm: 0.5,
      pitchMm: grid.pitchMm,
      refractiveIndex: 1.7227,
      extinction: 0.031,
      reliefFaces: 'detector' as const,
      levels: null,
      heightsMm: middleOf(shipped.layers[layer], grid.count),
    })),
  );
  return openDesign(folder);
}

/** The middle of a relief, `count` pixels a side. */
function middleOf({grid, values}: RealPlane, count: number): Float32Array {
  const first = (grid.count - count) / 2;
  return Float32Array.from(
    {length: count ** 2},
    (_, i) => values[(first + Math.floor(i / count)) * grid.count + first + (i % count)],
  );
}
