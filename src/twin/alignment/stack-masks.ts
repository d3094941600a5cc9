import type {ComplexPlane, Grid} from '../../contract/optics.ts';
import {plateTransmission, resampleObject, type PlateModel} from '../layers/plate.ts';
import {sampleRelief} from '../layers/relief.ts';
import type {Convolver, KernelPlane} from '../propagation/convolver.ts';
import type {StackSpec} from './stack-spec.ts';
import type {BenchState} from './state.ts';

/** What the light of a stack passes through. */
export interface StackMasks {
  /** Transmission of part j (0: the object that was lit last). */
  readonly planes: readonly KernelPlane[];
  /** Height of each plate's print at the samples, mm. */
  readonly heights: readonly Float32Array[];
  setPlates(plates: readonly PlateModel[]): void;
  isPresent(plate: number): boolean;
  /** Whether a plate is present and has a print, whose heights may be off. */
  hasHeights(plate: number): boolean;
  /** Writes the plates' transmissions that are not those of the state already; all plates are present without the list. */
  setState(state: BenchState, present: readonly boolean[] | undefined): void;
  setObject(object: ComplexPlane | null): void;
}

/** Allocates the transmissions of a stack's object and plates. */
export function createStackMasks(convolver: Convolver, grid: Grid, spec: StackSpec): StackMasks {
  const planes = Array.from({length: spec.plates.length + 1}, () => convolver.createPlane());
  const allPresent: readonly boolean[] = spec.plates.map(() => true);
  const opening = openFrame(spec.grid, grid);
  let {plates} = spec;
  let heights = plates.map((plate) => heightsOf(plate, grid));
  let present = allPresent;
  let written: string[] = [];
  return {
    planes,
    get heights() {
      return heights;
    },
    setPlates(next) {
      plates = next;
      heights = plates.map((plate) => heightsOf(plate, grid));
      written = [];
    },
    isPresent: (plate) => present[plate],
    hasHeights: (plate) => present[plate] && plates[plate].isFoil !== true,
    setState(state, nextPresent = allPresent) {
      present = nextPresent;
      const presentKey = present.join();
      plates.forEach((plate, i) => {
        const {refractiveIndex, extinction} = state.plates[i];
        const key = `${refractiveIndex} ${extinction} ${presentKey}`;
        if (written[i] === key) return;
        const mask = present[i]
          ? plateTransmission({...plate, refractiveIndex, extinction}, grid, spec.wavelengthMm)
          : opening;
        convolver.write(planes[i + 1], mask.re, mask.im);
        written[i] = key;
      });
    },
    setObject(object) {
      const mask = object === null ? opening : resampleObject(object, grid);
      convolver.write(planes[0], mask.re, mask.im);
    },
  };
}

/** The opening of the design's field without anything in it. */
function openFrame(design: Grid, grid: Grid): ComplexPlane {
  const side = {count: 1, pitchMm: design.count * design.pitchMm};
  return resampleObject({grid: side, re: Float64Array.of(1), im: Float64Array.of(0)}, grid);
}

/** Thickness of a plate at the samples of a grid, mm; 0 outside of it. */
const heightsOf = (plate: PlateModel, grid: Grid): Float32Array =>
  Float32Array.from(sampleRelief(plate, grid), (height) =>
    Number.isNaN(height) ? 0 : plate.baseMm + height,
  );
