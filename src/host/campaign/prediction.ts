import type {Illumination, Probe} from '../../contract/illumination.ts';
import type {ComplexPlane} from '../../contract/optics.ts';
import {createIllumination} from '../../twin/field/illumination.ts';
import {modelFrom, type Design} from '../../twin/design/load.ts';
import {resampleObject} from '../../twin/layers/plate.ts';
import {createProbeReader, type Points} from '../../twin/layers/probe.ts';
import {createOpticalSystem} from '../../twin/layers/system.ts';

/** Samples along a plate's pixel: 2 gives the square pixels their shape, which single points do not have. */
export const predictionOversample = 2;

/** Predicts what a design's bench reads for any object and any light, the plates standing as designed. */
export interface Predictor {
  /** Relative power that the probe reads at points of the output plane, in the design's frame. */
  reader(object: ComplexPlane, illumination: Illumination): (points: Points) => Float64Array;
}

export function createPredictor(
  design: Design,
  probe: Probe,
  precision: 'single' | 'double' = 'double',
): Predictor {
  const model = modelFrom(design);
  // The light is put on by hand, so that plates and gaps are prepared once for every light.
  const system = createOpticalSystem(
    {...model, illumination: {kind: 'plane-wave', tiltXDeg: 0, tiltYDeg: 0}},
    {method: 'asm', pad: 2, oversample: predictionOversample, precision},
  );
  return {
    reader(object, illumination) {
      const mask = resampleObject(object, system.grid);
      const light = createIllumination(illumination, system.grid, model.wavelengthMm);
      const re = mask.re.map((value, i) => value * light.re[i] - mask.im[i] * light.im[i]);
      const im = mask.re.map((value, i) => value * light.im[i] + mask.im[i] * light.re[i]);
      return createProbeReader(system.propagate({grid: system.grid, re, im}), model.wavelengthMm, probe);
    },
  };
}
