import {digitsText} from '../../base/number-format.ts';
import {countOf} from '../../base/count-text.ts';
import type {DesignLayer} from '../../contract/design-file.ts';
import type {MapAnswers, MapDesign} from '../../contract/map-import.ts';
import type {NeuronKind} from '../../contract/neuron-kinds.ts';
import type {Grid} from '../../contract/optics.ts';
import {fitMap} from '../../twin/maps/fitted-map.ts';
import {mapHeightsMm, roundToLevels, turnHeightMm} from '../../twin/maps/map-heights.ts';
import {mapTransmissions, roundTransmissions} from '../../twin/maps/map-transmissions.ts';
import {orientMap} from '../../twin/maps/oriented-map.ts';
import {mapRefused, type ChosenPlane} from './chosen-planes.ts';
import type {PlateMaps} from './plate-maps.ts';

/** A mask that a map makes. */
export interface MappedMask {
  readonly plane: ChosenPlane;
  /** Amplitude transmission 0..1, row-major from the smallest x and y. */
  readonly transmission: Float32Array;
  /** Steps from 0 to 1 on which all of it lies; null: any. */
  readonly levels: number | null;
}

/** A plate that maps make. */
export interface MappedPlate {
  readonly neurons: NeuronKind;
  /** Null where the plate is a mask alone. */
  readonly relief: ChosenPlane | null;
  /** Zeros where the plate is a mask alone. */
  readonly heightsMm: Float32Array;
  readonly mask: MappedMask | null;
}

/** What a plate is made for. */
export interface PlateFrame {
  readonly design: Pick<MapDesign, 'answers' | 'masks' | 'levels' | 'maskLevels'>;
  readonly layer: Pick<DesignLayer, 'refractiveIndex' | 'levels'>;
  readonly grid: Grid;
  readonly wavelengthMm: number;
}

/** The plate that maps make. Throws `file/invalid` naming file, array and reason. */
export function mappedPlate({relief, mask}: PlateMaps, frame: PlateFrame): MappedPlate {
  return {
    neurons: mask === null ? 'phase' : relief === null ? 'amplitude' : 'complex',
    relief,
    heightsMm: relief
      ? refusedBy(relief, () => heightsOf(relief, frame))
      : new Float32Array(frame.grid.count ** 2),
    mask: mask && refusedBy(mask, () => maskOf(mask, frame)),
  };
}

function refusedBy<Made>({from}: ChosenPlane, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    throw mapRefused(from, error instanceof Error ? error.message : String(error), error);
  }
}

function heightsOf(plane: ChosenPlane, {design, layer, grid, wavelengthMm}: PlateFrame): Float32Array {
  const {answers} = design;
  const material = {wavelengthMm, refractiveIndex: layer.refractiveIndex};
  const heights = withoutNegative(onPlate(plane, mapHeightsMm(plane, answers, material), {answers, grid}));
  const {quantity} = answers;
  const isWrapped = quantity.kind === 'phase' && quantity.wrap;
  const rounded =
    design.levels && layer.levels
      ? roundToLevels(heights, layer.levels, isWrapped ? Math.abs(turnHeightMm(material)) : null)
      : heights;
  return Float32Array.from(rounded);
}

function maskOf(plane: ChosenPlane, {design, grid}: PlateFrame): MappedMask {
  const {masks, maskLevels} = design;
  // Masks beside reliefs lie and fit as those do.
  const answers: MapAnswers = masks
    ? {...design.answers, quantity: masks.quantity, raw: masks.raw, offset: 0, complex: masks.complex}
    : design.answers;
  const values = onPlate(plane, mapTransmissions(plane, answers), {answers, grid});
  assertNoneMissing(values, 'a transmission');
  const transmission = Float32Array.from(
    maskLevels === null ? values : roundTransmissions(values, maskLevels),
  );
  const isOpenOrClosed = transmission.every((value) => value === 0 || value === 1);
  return {plane, transmission, levels: maskLevels ?? (isOpenOrClosed ? 2 : null)};
}

/** The values of a map at the samples of its plate. */
const onPlate = (
  {rows, columns}: ChosenPlane,
  values: Float64Array,
  {answers, grid}: {readonly answers: MapAnswers; readonly grid: Grid},
): Float64Array => fitMap(orientMap({rows, columns, values}, answers.orientation), grid, answers);

/** Rounding of a sum of doubles, mm. */
const noHeightMm = 1e-6;

/** Heights from 0; throws Error for what lies below, and for missing values. */
function withoutNegative(heightsMm: Float64Array): Float64Array {
  assertNoneMissing(heightsMm, 'a height');
  const lowest = heightsMm.reduce((least, value) => Math.min(least, value), Infinity);
  if (lowest < -noHeightMm)
    throw new Error(
      `its lowest height would be ${digitsText(lowest, 4)} mm; heights are counted up from the base: add an offset, wrap the phases, or take the other sign`,
    );
  return heightsMm.map((value) => Math.max(0, value));
}

function assertNoneMissing(values: Float64Array, what: string): void {
  const missing = values.reduce((count, value) => (Number.isNaN(value) ? count + 1 : count), 0);
  if (missing > 0)
    throw new Error(
      `${countOf(missing, 'of its numbers is', 'of its numbers are')} missing (NaN) where a plate needs ${what}; fill them in first`,
    );
}

/** Masks that no cut in metal can show, each in a sentence. */
export const greyMaskWarnings = (plates: readonly MappedPlate[]): string[] =>
  plates.flatMap(({mask}, i) =>
    mask && mask.levels !== 2
      ? [
          `The mask of plate ${i + 1} has transmissions between open and closed: it can be simulated and not cut in metal; two mask levels round it to open and closed.`,
        ]
      : [],
  );
