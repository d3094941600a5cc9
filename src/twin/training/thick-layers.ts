import {createThickMedium} from '../layers/thick-medium.ts';
import type {PlateModel} from '../layers/plate.ts';
import {ThickPlate, type LitScreen} from '../layers/thick-plate.ts';
import type {Convolver} from '../propagation/convolver.ts';
import type {NetworkSpec} from './network-spec.ts';
import {clearPlanes, type PlateLayers} from './plate-layers.ts';

/** The thick plates of `spec` in the memory of `convolver`; undefined where they are thin. */
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
  const behind = convolver.createPlane();
  const total = grid.count * grid.count;
  const waveNumber = (2 * Math.PI) / wavelengthMm;
  const phasePerMm = waveNumber * (spec.refractiveIndex - 1);
  const lossPerMm = waveNumber * spec.extinction;
  return {
    setHeights(made) {
      made.forEach((plate, layer) => layers[layer].body.setPlate(plateOf(spec, layer, plate)));
    },
    leave(slot, layer, incident) {
      layers[layer].body.pass(incident, behind, slot);
      return {from: behind};
    },
    carryBack(slot, layer, plane) {
      const {body, gradients} = layers[layer];
      const indexOf = ({place}: LitScreen): number =>
        place.kind === 'foil' ? gradients.length - 1 : place.slice;
      body.carryBack(
        plane,
        (screen) => {
          const g = gradients[indexOf(screen)];
          const {plane: u} = screen;
          convolver.kernel.call.accumulateGradient32(g.re, g.im, plane.re, plane.im, u.re, u.im, total);
        },
        slot,
      );
      return undefined;
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
        for (let p = 0; p < total; p++) {
          if (body.topSliceOf(p) !== place.slice) continue;
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

/** A plate as it is made, on the network's own samples. */
function plateOf(spec: NetworkSpec, layer: number, made: ArrayLike<number>): PlateModel {
  const {grid, baseMm, refractiveIndex, extinction, thick, neurons} = spec;
  const total = grid.count ** 2;
  const part = (from: number): Float32Array => Float32Array.from({length: total}, (_, i) => made[from + i]);
  return {
    relief: {grid, values: part(0)},
    baseMm,
    refractiveIndex,
    extinction,
    zMm: 0,
    reliefFaces: thick?.reliefFaces,
    extent: thick?.extents[layer],
    ...(neurons === 'complex' && {mask: {grid, values: part(total)}}),
  };
}
