import {layOutPlate, type Step} from '../layers/slices.ts';
import {createThickMedium} from '../layers/thick-medium.ts';
import type {PlateModel} from '../layers/plate.ts';
import {ThickPlate} from '../layers/thick-plate.ts';
import type {Convolver} from '../propagation/convolver.ts';
import type {NetworkSpec} from './network-spec.ts';
import {clearPlanes, type PlateLayers} from './plate-layers.ts';

/**
 * The thick plates of `spec` in the memory of `convolver`, from their first screen to their last; undefined where they are thin.
 * The ways into and out of a plate are part of the gaps beside it (`waysBesideGaps`), which saves four transforms a plate.
 */
export function createThickLayers(spec: NetworkSpec, convolver: Convolver): PlateLayers | undefined {
  const {thick, grid, neurons, wavelengthMm, slotCount} = spec;
  if (!thick || neurons === 'amplitude') return undefined;
  const hasMask = neurons === 'complex';
  const medium = createThickMedium(grid, wavelengthMm, {precision: 'single', kernel: convolver.kernel});
  const layers = thick.extents.map(() => {
    const body = new ThickPlate(medium, thick.sliceCount, {hasMask, slotCount});
    const gradients = Array.from({length: thick.sliceCount + (hasMask ? 1 : 0)}, () =>
      convolver.createPlane(),
    );
    return {body, gradients};
  });
  const total = grid.count * grid.count;
  const waveNumber = (2 * Math.PI) / wavelengthMm;
  const phasePerMm = waveNumber * (spec.refractiveIndex - 1);
  const lossPerMm = waveNumber * spec.extinction;
  return {
    setHeights(made) {
      made.forEach((plate, layer) =>
        layers[layer].body.setPlate(
          plateOf(spec, layer, plate instanceof Float32Array ? plate : Float32Array.from(plate)),
        ),
      );
    },
    entry: (slot, layer) => layers[layer].body.entry(slot),
    leave: (slot, layer) => layers[layer].body.passScreens(slot),
    carryBack(slot, layer, plane) {
      const {body, gradients} = layers[layer];
      return body.carryScreensBack(
        plane,
        (place, u) => {
          const g = gradients[place.kind === 'foil' ? gradients.length - 1 : place.slice];
          convolver.kernel.call.accumulateGradient32(g.re, g.im, plane.re, plane.im, u.re, u.im, total);
        },
        slot,
      );
    },
    readGradient(layer, into) {
      const {body, gradients} = layers[layer];
      body.places.forEach((place, i) => {
        const fields = convolver.view(gradients[place.kind === 'foil' ? gradients.length - 1 : place.slice]);
        if (place.kind === 'foil') {
          for (let p = 0; p < total; p++) into[total + p] = 2 * fields.re[p];
          return;
        }
        const {screen} = body.litScreen(i, 0);
        for (const p of body.cellsEndingIn(place.slice)) {
          // dt/dh = t (i phasePerMm - lossPerMm), in the slice where the pixel ends.
          const re = fields.re[p] * screen.re[p] - fields.im[p] * screen.im[p];
          const im = fields.re[p] * screen.im[p] + fields.im[p] * screen.re[p];
          into[p] = 2 * (-lossPerMm * re - phasePerMm * im);
        }
      });
    },
    clearGradients: () => layers.forEach(({gradients}) => clearPlanes(convolver, gradients)),
  };
}

/**
 * What light passes beside each gap of air: the way out of the plate in front of it and the way into the one behind it.
 * Nothing where plates are thin.
 */
export function waysBesideGaps(spec: NetworkSpec): readonly (readonly Step[])[] {
  const {thick, gapsMm, neurons} = spec;
  if (!thick || neurons === 'amplitude') return gapsMm.map(() => []);
  const layouts = thick.extents.map((_, layer) =>
    layOutPlate(plateOf(spec, layer, new Float32Array(0)), thick.sliceCount),
  );
  return gapsMm.map((_, gap) => [...(layouts[gap - 1]?.ways.at(-1) ?? []), ...(layouts[gap]?.ways[0] ?? [])]);
}

/** A plate as it is made, on the network's own samples. */
function plateOf(spec: NetworkSpec, layer: number, made: Float32Array): PlateModel {
  const {grid, baseMm, refractiveIndex, extinction, thick, neurons} = spec;
  const total = grid.count ** 2;
  return {
    relief: {grid, values: made.subarray(0, total)},
    baseMm,
    refractiveIndex,
    extinction,
    zMm: 0,
    reliefFaces: thick?.reliefFaces,
    extent: thick?.extents[layer],
    ...(neurons === 'complex' && {mask: {grid, values: made.subarray(total)}}),
  };
}
