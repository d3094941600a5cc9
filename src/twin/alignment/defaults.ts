import type {Illumination} from '../../contract/illumination.ts';
import type {PlateModel} from '../layers/plate.ts';
import {
  createParameter,
  isTiltQuantity,
  parseParameter,
  readParameter,
  type Parameter,
} from './parameters.ts';
import {beamFrom, type BenchState} from './state.ts';

/** Everything where the design has it, lit as it is known to be. */
export function designedState(plates: readonly PlateModel[], illumination: Illumination): BenchState {
  return {
    plates: plates.map(({refractiveIndex, extinction, placement = {}}) => ({
      dxMm: placement.dxMm ?? 0,
      dyMm: placement.dyMm ?? 0,
      dzMm: placement.dzMm ?? 0,
      rotationDeg: placement.rotationDeg ?? 0,
      ...(placement.tiltXDeg ? {tiltXDeg: placement.tiltXDeg} : {}),
      ...(placement.tiltYDeg ? {tiltYDeg: placement.tiltYDeg} : {}),
      refractiveIndex,
      extinction,
    })),
    object: {dxMm: 0, dyMm: 0, rotationDeg: 0},
    beam: beamFrom(illumination),
    frame: {dxMm: 0, dyMm: 0, dzMm: 0, rotationDeg: 0, scale: 1},
  };
}

/** A batch's index is known to about this before it is measured. */
const indexSigma = 0.02;

/** A stage puts the detector's plane to about this along the beam. */
const detectorSigmaMm = 0.05;

/**
 * What is unknown on an ordinary bench: place and turn of every plate that stands in it, the scan's frame, the light's
 * centre, width and curvature, the index of the batch. The object is the origin and stays. Beam and index are held
 * near what is known of them.
 */
export function defaultParameters(start: BenchState, present: readonly boolean[]): Parameter[] {
  const plates = start.plates.flatMap((_, plate) =>
    present[plate]
      ? (['dx', 'dy', 'dz', 'rotation'] as const).map((quantity) =>
          createParameter({part: 'plate', plate, quantity}),
        )
      : [],
  );
  const frame = [
    ...(['dx', 'dy', 'rotation'] as const).map((quantity) => createParameter({part: 'frame', quantity})),
    createParameter({part: 'frame', quantity: 'dz'}, {sigma: detectorSigmaMm}),
  ];
  const {centerXMm, centerYMm, narrownessPerMm2, curvaturePerMm} = start.beam;
  const beam = [
    createParameter({part: 'beam', quantity: 'centerX'}, {sigma: 5, mean: centerXMm}),
    createParameter({part: 'beam', quantity: 'centerY'}, {sigma: 5, mean: centerYMm}),
    createParameter({part: 'beam', quantity: 'narrowness'}, {sigma: 1e-3, mean: narrownessPerMm2}),
    createParameter({part: 'beam', quantity: 'curvature'}, {sigma: 2e-3, mean: curvaturePerMm}),
  ];
  const index = createParameter(
    {part: 'plates', quantity: 'n'},
    {sigma: indexSigma, mean: start.plates[0].refractiveIndex},
  );
  return [...plates, ...frame, ...beam, ...(present.some(Boolean) ? [index] : [])];
}

/**
 * A plate stands upright in its holder to about this, one standard deviation: the edge of a plate of 80 mm is 0.35 mm further along
 * the beam than its middle.
 */
const tiltSigmaDeg = 0.5;

/** A parameter by its name with what is known of it beforehand; `defaults` of the same bench. Throws `twin/invalid`. */
export function knownParameter(
  name: string,
  start: BenchState,
  defaults: readonly Parameter[] = defaultParameters(
    start,
    start.plates.map(() => true),
  ),
): Parameter {
  const own = defaults.find((parameter) => parameter.name === name);
  if (own) return own;
  const parameter = parseParameter(name, start.plates.length);
  return isTiltQuantity(parameter.target.quantity)
    ? createParameter(parameter.target, {sigma: tiltSigmaDeg, mean: readParameter(start, parameter)})
    : parameter;
}

/** `+name` adds to the default, `-name` takes away; names alone are all that is free. Throws `twin/invalid`. */
export function chooseParameters(
  names: readonly string[],
  start: BenchState,
  present: readonly boolean[],
): Parameter[] {
  const defaults = defaultParameters(start, present);
  if (names.length === 0) return defaults;
  const known = (name: string): Parameter => knownParameter(name, start, defaults);
  const isChange = names.every((name) => /^[+-]/.test(name));
  if (!isChange) return names.map((name) => known(name.replace(/^\+/, '')));
  const removed = new Set(
    names.filter((name) => name.startsWith('-')).map((name) => known(name.slice(1)).name),
  );
  const added = names.filter((name) => name.startsWith('+')).map((name) => known(name.slice(1)));
  return [
    ...defaults.filter(({name}) => !removed.has(name)),
    ...added.filter(({name}) => !defaults.some((parameter) => parameter.name === name)),
  ];
}
