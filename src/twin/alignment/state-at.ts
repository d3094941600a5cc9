import {materialAt, type Material} from '../../contract/spectrum.ts';
import {illuminationAt} from '../field/illumination-at.ts';
import {beamFrom, illuminationFrom, type BenchState} from './state.ts';

/** What of a design says how its bench is at another frequency. */
export interface KnownMaterials {
  readonly frequencyHz: number;
  readonly layers: readonly Material[];
}

/**
 * A bench that was found at the design's own frequency, at another one: parts stay where they are, the beam comes from the
 * same waist, and each plate's index and extinction differ from the design's by as much as they do at its own.
 */
export function stateAt(
  state: BenchState,
  {frequencyHz: knownHz, layers}: KnownMaterials,
  frequencyHz: number,
): BenchState {
  if (frequencyHz === knownHz) return state;
  return {
    ...state,
    beam: beamFrom(illuminationAt(illuminationFrom(state.beam), knownHz, frequencyHz)),
    plates: state.plates.map((plate, i) => {
      const {refractiveIndex, extinction} = materialAt(layers[i], knownHz, frequencyHz);
      return {
        ...plate,
        refractiveIndex: refractiveIndex + plate.refractiveIndex - layers[i].refractiveIndex,
        extinction: extinction + plate.extinction - layers[i].extinction,
      };
    }),
  };
}
