import type {ComplexPlane, Grid} from '../../contract/optics.ts';
import {PixelFilter} from '../layers/pixel-filter.ts';
import {flipped, openFrame, pixelTransmission, resampleObject, type PlateModel} from '../layers/plate.ts';
import {sampleRelief} from '../layers/relief.ts';
import type {Samples} from '../layers/slice-screens.ts';
import type {Convolver, KernelPlane} from '../propagation/convolver.ts';
import type {StackSpec} from './stack-spec.ts';
import type {BenchState} from './state.ts';

/** What the light of a stack passes through. */
export interface StackMasks {
  /** Transmission of part j (0: the object that was lit last). */
  readonly planes: readonly KernelPlane[];
  /** A plate that stands in the bench as the thin screen that it is, of the state that was set last. */
  screenOf(plate: number): ThinScreen;
  setPlates(plates: readonly PlateModel[]): void;
  isPresent(plate: number): boolean;
  /** Whether a plate is present and has a print, whose heights may be off. */
  hasHeights(plate: number): boolean;
  /** Writes the plates' transmissions that are not those of the state already; all plates are present without the list. */
  setState(state: BenchState, present: readonly boolean[] | undefined): void;
  setObject(object: ComplexPlane | null): void;
}

/** A thin plate pixel by pixel. */
export interface ThinScreen {
  /** Transmission of each pixel. */
  readonly cells: Samples;
  /** Transmission times thickness, mm, at the samples: what a change of the material acts on. */
  readonly material: Samples;
  /** From samples to pixels: the adjoint of how samples see them. */
  gather(this: void, samples: Samples): Samples;
}

/** Allocates the transmissions of a stack's object and plates. */
export function createStackMasks(convolver: Convolver, grid: Grid, spec: StackSpec): StackMasks {
  const planes = Array.from({length: spec.plates.length + 1}, () => convolver.createPlane());
  const allPresent: readonly boolean[] = spec.plates.map(() => true);
  const {wavelengthMm} = spec;
  const how = {edges: 'band-limited', wavelengthMm} as const;
  const opening = resampleObject(openFrame(spec.grid), grid, {}, how);
  let {plates} = spec;
  let filters = plates.map(({relief}) => new PixelFilter(relief.grid, grid, wavelengthMm));
  const cells: Samples[] = [];
  const material: (Samples | undefined)[] = [];
  let present = allPresent;
  let written: string[] = [];
  return {
    planes,
    screenOf(plate) {
      const filter = filters[plate];
      material[plate] ??= spread(filter, timesThickness(cells[plate], plates[plate]));
      return {
        cells: cells[plate],
        material: material[plate],
        gather: ({re, im}) => ({re: filter.gather(re), im: filter.gather(im)}),
      };
    },
    setPlates(next) {
      plates = next;
      filters = plates.map(({relief}) => new PixelFilter(relief.grid, grid, wavelengthMm));
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
        const own = pixelTransmission({...plate, refractiveIndex, extinction}, wavelengthMm);
        cells[i] = flipped(own, plate.placement ?? {});
        material[i] = undefined;
        const mask = present[i] ? spread(filters[i], cells[i]) : opening;
        convolver.write(planes[i + 1], mask.re, mask.im);
        written[i] = key;
      });
    },
    setObject(object) {
      const mask = object === null ? opening : resampleObject(object, grid, {}, how);
      convolver.write(planes[0], mask.re, mask.im);
    },
  };
}

const spread = (filter: PixelFilter, {re, im}: Samples): Samples => ({
  re: filter.spread(re),
  im: filter.spread(im),
});

/** Transmission of each pixel times the plate's thickness there, mm. */
function timesThickness({re, im}: Samples, plate: PlateModel): Samples {
  const heights = sampleRelief(plate, plate.relief.grid);
  const times = (values: ArrayLike<number>): Float64Array =>
    heights.map((height, i) => (plate.baseMm + height) * values[i]);
  return {re: times(re), im: times(im)};
}
