import type {Design} from './load.ts';

/** By how much the relief of printed plates differs from the designed one, plate by plate; null where nobody measured. */
export interface PlateHeightErrors {
  /** Tells sets apart without comparing them. */
  readonly id: string;
  /** Measured minus designed, mm, row-major as the relief of the plate with the same number. */
  readonly errorsMm: readonly (Float32Array | null)[];
}

/** A design with the reliefs that its plates were measured to have; the same one without errors. */
export function printedDesign(design: Design, errors: PlateHeightErrors | undefined): Design {
  if (!errors) return design;
  return {
    ...design,
    layers: design.layers.map((relief, plate) => {
      const own = errors.errorsMm.at(plate);
      return own ? {...relief, values: Float64Array.from(relief.values, (mm, i) => mm + own[i])} : relief;
    }),
  };
}
