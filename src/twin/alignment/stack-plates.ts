import type {Grid} from '../../contract/optics.ts';
import type {Samples} from '../layers/slice-screens.ts';
import {ThickPlate} from '../layers/thick-plate.ts';
import {createThickMedium} from '../layers/thick-medium.ts';
import type {PlateModel} from '../layers/plate.ts';
import type {Convolver, KernelPlane} from '../propagation/convolver.ts';
import type {FieldView} from './sampling.ts';
import {createStackMasks, type StackMasks} from './stack-masks.ts';
import type {StackSpec} from './stack-spec.ts';

/** A place inside of a plate where light is multiplied: a thin plate has one, a thick one as many as it has slices. */
export interface PlateScreen {
  /** What falls on it. */
  readonly incident: FieldView;
  /** What the light is multiplied by times the material that acts here, mm, at the samples. */
  readonly material: Samples;
  /** What each pixel of the print multiplies the light by. */
  readonly cells: Samples;
  /** Whether a small change of the height of a pixel acts here. */
  readonly isTop: (pixel: number) => boolean;
  /** From samples to pixels: the adjoint of how samples see them. */
  gather(this: void, samples: Samples): Samples;
}

/** Object and plates of a stack, parts 0 and 1 to their number, thin or thick. */
export interface StackPlates extends Omit<StackMasks, 'planes' | 'screenOf'> {
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
  const thickOf = (part: number): ThickBody | undefined =>
    part > 0 && masks.isPresent(part - 1) ? thick?.plates[part - 1] : undefined;
  const screenOf = (part: number, incident: KernelPlane): PlateScreen => ({
    ...masks.screenOf(part - 1),
    incident: view(incident),
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
      own.body.pass(incident, thick.behind);
      return {from: thick.behind};
    },
    carryChange(part, plane, incident, quantity) {
      const own = thickOf(part);
      if (!own) {
        if (!quantity) return masks.planes[part];
        multiply(view(plane), view(masks.planes[part]));
        addMaterialChange(screenOf(part, incident), view(plane), {quantity, waveNumber});
        return undefined;
      }
      if (quantity) carryThickChange(own, plane, {quantity, waveNumber});
      else own.body.carryChange(plane);
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

/** A change through a thick plate, with that by its material. */
function carryThickChange({body, materialOf}: ThickBody, plane: KernelPlane, material: MaterialChange): void {
  body.carryChange(plane, ({place, incident}, change) => {
    if (place.kind !== 'slice') return;
    // Stacks are computed in single precision.
    const screen = {incident: incident as FieldView, material: materialOf(place.slice)};
    addMaterialChange(screen, change as FieldView, material);
  });
}

function carryThickBack(
  {body, materialOf}: ThickBody,
  plane: KernelPlane,
  visit: ((screen: PlateScreen, behind: FieldView) => void) | undefined,
): void {
  body.carryBack(plane, ({place, incident}, behind) => {
    if (!visit || place.kind !== 'slice') return;
    const {slice} = place;
    visit(
      {
        incident: incident as FieldView,
        get material() {
          return materialOf(slice);
        },
        get cells() {
          return body.cellsOf(slice);
        },
        isTop: (pixel) => body.topSliceOf(pixel) === slice,
        gather: (samples) => body.gather(samples),
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

/** A thick plate with what its material acts on, slice by slice, of the material that was set last. */
interface ThickBody {
  readonly body: ThickPlate;
  materialOf(this: void, slice: number): Samples;
  /** Its material is another one now. */
  forget(): void;
}

function createThickBody(body: ThickPlate): ThickBody {
  let known: Samples[] = [];
  return {
    body,
    materialOf: (slice) => (known[slice] ??= body.spread(body.cellsOf(slice, 'material'))),
    forget: () => (known = []),
  };
}

interface ThickPlates {
  /** By place; none for a foil, which is thin. */
  readonly plates: readonly (ThickBody | undefined)[];
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
  const bodies = designed.map(() =>
    createThickBody(new ThickPlate(medium, sliceCount, {hasMask, edges: 'band-limited'})),
  );
  const behind = convolver.createPlane();
  const written: string[] = [];
  let plates: (ThickBody | undefined)[] = [];
  const setPlates = (next: readonly PlateModel[]): void => {
    plates = next.map((plate, i) => {
      if (plate.isFoil) return undefined;
      bodies[i].body.setPlate(plate);
      bodies[i].forget();
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
        plate.body.setMaterial({refractiveIndex, extinction});
        plate.forget();
        written[i] = key;
      });
    },
  };
}

/** change += (2 pi / lambda) (m t) U times i (index) or -1 (extinction), behind a screen t with m of the material. */
function addMaterialChange(
  {incident: u, material: m}: Pick<PlateScreen, 'incident' | 'material'>,
  change: FieldView,
  {quantity, waveNumber}: MaterialChange,
): void {
  const [byRe, byIm] = quantity === 'n' ? [0, waveNumber] : [-waveNumber, 0];
  for (let i = 0; i < u.re.length; i++) {
    const re = m.re[i] * u.re[i] - m.im[i] * u.im[i];
    const im = m.re[i] * u.im[i] + m.im[i] * u.re[i];
    change.re[i] += byRe * re - byIm * im;
    change.im[i] += byRe * im + byIm * re;
  }
}

function multiply(field: FieldView, by: FieldView): void {
  for (let i = 0; i < field.re.length; i++) {
    const re = field.re[i];
    const im = field.im[i];
    field.re[i] = re * by.re[i] - im * by.im[i];
    field.im[i] = re * by.im[i] + im * by.re[i];
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
