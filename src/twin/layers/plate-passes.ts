import type {ComplexPlane, Grid} from '../../contract/optics.ts';
import {thinPlates, type PlateOptics} from '../../contract/plate-optics.ts';
import {multiplyPlanes} from '../field/complex-plane.ts';
import type {Precision} from '../kernel/plan.ts';
import type {PixelEdges} from './pixel-filter.ts';
import {plateTransmission, type PlateModel} from './plate.ts';
import {createThickMedium, type ThickMedium} from './thick-medium.ts';
import {ThickPlate} from './thick-plate.ts';

/** What a plate does to a field, both as at its reference plane. */
export type PlatePass = (field: ComplexPlane) => ComplexPlane;

/** The plates of a model, each as a pass for fields on `grid`. A foil alone is thin, whatever the prints are. */
export function createPlatePasses(
  {
    plates,
    plateOptics = thinPlates,
    wavelengthMm,
  }: {
    readonly plates: readonly PlateModel[];
    readonly plateOptics?: PlateOptics | undefined;
    readonly wavelengthMm: number;
  },
  {grid, edges, precision}: {readonly grid: Grid; readonly edges: PixelEdges; readonly precision: Precision},
): PlatePass[] {
  let medium: ThickMedium | undefined;
  return plates.map((plate) => {
    if (plateOptics.kind === 'thin' || plate.isFoil) {
      const mask = plateTransmission(plate, grid, wavelengthMm, edges);
      return (field) => multiplyPlanes(field, mask);
    }
    medium ??= createThickMedium(grid, wavelengthMm, {precision});
    return createThickPass(medium, plate, plateOptics.sliceCount, edges);
  });
}

/** A thick plate as a pass for fields on the grid of `medium`. */
export function createThickPass(
  medium: ThickMedium,
  plate: PlateModel,
  sliceCount: number,
  edges: PixelEdges = 'sampled',
): PlatePass {
  const {convolver, grid} = medium;
  const body = new ThickPlate(medium, sliceCount, {
    hasMask: plate.mask !== undefined,
    edges,
  });
  const plane = convolver.createPlane();
  body.setPlate(plate);
  return (field) => {
    convolver.write(plane, field.re, field.im);
    body.pass(plane, plane);
    return {grid, ...convolver.read(plane)};
  };
}
