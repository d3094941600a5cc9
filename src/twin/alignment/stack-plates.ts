import type {Grid} from '../../contract/optics.ts';
import {ThickPlate} from '../layers/thick-plate.ts';
import {createThickMedium} from '../layers/thick-medium.ts';
import type {PlateModel} from '../layers/plate.ts';
import type {Convolver, KernelPlane} from '../propagation/convolver.ts';
import type {FieldView} from './sampling.ts';
import {createStackMasks, type StackMasks} from './stack-masks.ts';
import type {StackSpec} from './stack-spec.ts';

/** A place inside of a plate where light is multiplied: a thin plate has one, a thick one as many as it has slices. */
export interface PlateScreen {
  /** What the light is multiplied by, and what falls on it. */
  readonly screen: FieldView;
  readonly incident: FieldView;
  /** Material of the print that acts here at a sample, mm; NaN or 0 where there is none. */
  readonly materialMm: (sample: number) => number;
  /** Whether a small change of the print's height at a sample acts here. */
  readonly isTop: (sample: number) => boolean;
}

/** Object and plates of a stack, parts 0 and 1 to their number, thin or thick. */
export interface StackPlates extends Omit<StackMasks, 'planes' | 'heights'> {
  /** Light in front of a part as it goes on into the gap: a plane, and a mask that is still to be multiplied with it. */
  leave(part: number, incident: KernelPlane): {readonly from: KernelPlane; readonly mask?: KernelPlane};
  /**
   * Carries a change of the light from in front of a part to behind it, in place; what is left to multiply with is returned.
   * With a quantity, the change of the part's light by that of its index or extinction is added on the way.
   */
  carryChange(
    part: number,
    plane: KernelPlane,
    incident: KernelPlane,
    quantity?: 'n' | 'k',
  ): KernelPlane | undefined;
  /** Adjoint of the way through a part, in place; `visit` is called with the field behind each screen of a print. */
  carryBack(
    part: number,
    plane: KernelPlane,
    incident: KernelPlane,
    visit?: (screen: PlateScreen, behind: FieldView) => void,
  ): void;
}

/** Allocates the object and the plates of a stack. */
export function createStackPlates(convolver: Convolver, grid: Grid, spec: StackSpec): StackPlates {
  const masks = createStackMasks(convolver, grid, spec);
  const thick = createThickPlates(convolver, grid, spec);
  const waveNumber = (2 * Math.PI) / spec.wavelengthMm;
  const view = (plane: KernelPlane): FieldView => convolver.view(plane) as FieldView;
  const thickOf = (part: number): ThickPlate | undefined =>
    part > 0 && masks.isPresent(part - 1) ? thick?.plates[part - 1] : undefined;
  const screenOf = (part: number, incident: KernelPlane): PlateScreen => ({
    screen: view(masks.planes[part]),
    incident: view(incident),
    materialMm: (sample) => masks.heights[part - 1][sample],
    isTop: () => true,
  });
  return {
    setPlates(plates) {
      masks.setPlates(plates);
      thick?.setPlates(plates);
    },
    isPresent: (plate) => masks.isPresent(plate),
    hasHeights: (plate) => masks.hasHeights(plate),
    setState(state, present) {
      masks.setState(state, present);
      thick?.setMaterials(state.plates);
    },
    setObject: (object) => masks.setObject(object),
    leave(part, incident) {
      const own = thickOf(part);
      if (!own || !thick) return {from: incident, mask: masks.planes[part]};
      own.pass(incident, thick.behind);
      return {from: thick.behind};
    },
    carryChange(part, plane, incident, quantity) {
      const own = thickOf(part);
      if (!own) {
        if (quantity) addMaterialChange(screenOf(part, incident), view(plane), {quantity, waveNumber});
        return masks.planes[part];
      }
      carryThickChange(own, plane, quantity && {quantity, waveNumber});
      return undefined;
    },
    carryBack(part, plane, incident, visit) {
      const own = thickOf(part);
      if (!own) {
        const field = view(plane);
        if (visit && part > 0) visit(screenOf(part, incident), field);
        return multiplyByConjugate(field, view(masks.planes[part]));
      }
      carryThickBack(own, plane, visit);
    },
  };
}

/** A change through a thick plate, with that by its material where one is asked for. */
function carryThickChange(body: ThickPlate, plane: KernelPlane, material: MaterialChange | undefined): void {
  body.carryChange(plane, ({place, incident}, change) => {
    if (!material || place.kind !== 'slice') return;
    const materialMm = (sample: number): number => body.materialMm(place.slice, sample);
    // Stacks are computed in single precision.
    addMaterialChange({incident: incident as FieldView, materialMm}, change as FieldView, material);
  });
}

function carryThickBack(
  body: ThickPlate,
  plane: KernelPlane,
  visit: ((screen: PlateScreen, behind: FieldView) => void) | undefined,
): void {
  body.carryBack(plane, ({place, screen, incident}, behind) => {
    if (!visit || place.kind !== 'slice') return;
    const {slice} = place;
    visit(
      {
        screen: screen as FieldView,
        incident: incident as FieldView,
        materialMm: (sample) => body.materialMm(slice, sample),
        isTop: (sample) => body.topSliceOf(sample) === slice,
      },
      behind as FieldView,
    );
  });
}

/** A change of a plate's index or extinction, and 2 pi / lambda. */
interface MaterialChange {
  readonly quantity: 'n' | 'k';
  readonly waveNumber: number;
}

interface ThickPlates {
  /** By place; none for a foil, which is thin. */
  readonly plates: readonly (ThickPlate | undefined)[];
  /** Light behind the plate that it passed last. */
  readonly behind: KernelPlane;
  setPlates(plates: readonly PlateModel[]): void;
  setMaterials(materials: readonly {readonly refractiveIndex: number; readonly extinction: number}[]): void;
}

function createThickPlates(
  convolver: Convolver,
  grid: Grid,
  {plateOptics, plates: designed, wavelengthMm}: StackSpec,
): ThickPlates | undefined {
  if (plateOptics?.kind !== 'thick') return undefined;
  const {sliceCount} = plateOptics;
  const medium = createThickMedium(grid, wavelengthMm, {
    precision: convolver.precision,
    kernel: convolver.kernel,
  });
  const hasMask = designed.some(({mask}) => mask !== undefined);
  const bodies = designed.map(() => new ThickPlate(medium, sliceCount, {hasMask}));
  const behind = convolver.createPlane();
  const written: string[] = [];
  let plates: (ThickPlate | undefined)[] = [];
  const setPlates = (next: readonly PlateModel[]): void => {
    plates = next.map((plate, i) => {
      if (plate.isFoil) return undefined;
      bodies[i].setPlate(plate);
      written[i] = `${plate.refractiveIndex} ${plate.extinction}`;
      return bodies[i];
    });
  };
  setPlates(designed);
  return {
    get plates() {
      return plates;
    },
    behind,
    setPlates,
    setMaterials(materials) {
      plates.forEach((plate, i) => {
        const {refractiveIndex, extinction} = materials[i];
        const key = `${refractiveIndex} ${extinction}`;
        if (!plate || written[i] === key) return;
        plate.setMaterial({refractiveIndex, extinction});
        written[i] = key;
      });
    },
  };
}

/** change += (2 pi / lambda) m U times i (index) or -1 (extinction), in front of a screen with m of the material. */
function addMaterialChange(
  {incident: {re, im}, materialMm}: Pick<PlateScreen, 'incident' | 'materialMm'>,
  change: FieldView,
  {quantity, waveNumber}: MaterialChange,
): void {
  for (let i = 0; i < re.length; i++) {
    const material = materialMm(i);
    if (Number.isNaN(material)) continue;
    const factor = waveNumber * material;
    change.re[i] -= factor * (quantity === 'n' ? im[i] : re[i]);
    change.im[i] += factor * (quantity === 'n' ? re[i] : -im[i]);
  }
}

function multiplyByConjugate(field: FieldView, by: FieldView): void {
  for (let i = 0; i < field.re.length; i++) {
    const re = field.re[i];
    const im = field.im[i];
    field.re[i] = re * by.re[i] + im * by.im[i];
    field.im[i] = im * by.re[i] - re * by.im[i];
  }
}
