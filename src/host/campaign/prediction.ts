import type {Illumination, Probe} from '../../contract/illumination.ts';
import type {ComplexPlane} from '../../contract/optics.ts';
import {thinPlates} from '../../contract/plate-optics.ts';
import {createEvaluator, type Evaluator} from '../../twin/alignment/evaluator.ts';
import {createIllumination} from '../../twin/field/illumination.ts';
import {modelFrom, type Design} from '../../twin/design/load.ts';
import {edgesOn} from '../../twin/layers/pixel-filter.ts';
import {resampleObject} from '../../twin/layers/plate.ts';
import {createProbeReader, type Points} from '../../twin/layers/probe.ts';
import {createOpticalSystem} from '../../twin/layers/system.ts';
import type {AlignedBench} from '../placements/aligned-bench.ts';

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
  const {wavelengthMm} = model;
  const pixels = {edges: edgesOn(system.grid, wavelengthMm), wavelengthMm};
  return {
    reader(object, illumination) {
      const mask = resampleObject(object, system.grid, {}, pixels);
      const light = createIllumination(illumination, system.grid, model.wavelengthMm);
      const re = mask.re.map((value, i) => value * light.re[i] - mask.im[i] * light.im[i]);
      const im = mask.re.map((value, i) => value * light.im[i] + mask.im[i] * light.re[i]);
      return createProbeReader(system.propagate({grid: system.grid, re, im}), model.wavelengthMm, probe);
    },
  };
}

/** An object and the places of the scan, in the scan's own frame: where that stands is part of the bench. */
export interface AlignedPlaneRequest {
  /** Null: an open frame. */
  readonly object: ComplexPlane | null;
  readonly xMm: Float64Array;
  readonly yMm: Float64Array;
  /** Of the light; the design's own unless given, at which the bench was aligned. */
  readonly frequencyHz?: number | undefined;
  /** Which plates stand; all without it. */
  readonly present?: readonly boolean[] | undefined;
}

/** Predicts with the very model that the alignment was fitted with, so that nothing is lost between the two. */
export interface AlignedPredictor {
  predict(bench: AlignedBench, request: AlignedPlaneRequest): Float64Array;
}

export function createAlignedPredictor(design: Design, probe: Probe): AlignedPredictor {
  const {plates, ...model} = modelFrom(design);
  const settings: AlignedPlaneRequest[] = [];
  const evaluators = new Map<AlignedBench['method'], Evaluator>();
  const evaluatorOf = (method: AlignedBench['method']): Evaluator => {
    let own = evaluators.get(method);
    if (!own) {
      own = createEvaluator({
        stack: {
          wavelengthMm: model.wavelengthMm,
          grid: model.grid,
          method,
          plates,
          outputZMm: model.outputZMm,
          probe,
        },
        settings,
      });
      evaluators.set(method, own);
    }
    return own;
  };
  return {
    predict({state, arrangement, method, plateOptics = thinPlates, prints}, request) {
      settings[0] = request;
      return evaluatorOf(method).evaluate({
        state,
        parameters: [],
        plane: 0,
        grain: 'fine',
        arrangement,
        prints,
        plateOptics,
      }).power;
    },
  };
}
