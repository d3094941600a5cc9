import type {ComplexPlane, Grid} from '../../contract/optics.ts';
import {thinPlates, type PlateOptics} from '../../contract/plate-optics.ts';
import {multiplyPlanes} from '../field/complex-plane.ts';
import type {Precision} from '../kernel/plan.ts';
import type {PixelEdges} from './pixel-filter.ts';
import {plateTransmission, type PlateModel} from './plate.ts';
import {createThickMedium, type ThickMedium} from './thick-medium.ts';
import {ThickPlate} from './thick-plate.ts';
import {createTiltWays, isTilted, slopesOf, type Slopes, type TiltWays} from './tilt-ways.ts';
import {TiltedFrame} from './tilted-frame.ts';

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
  let ways: TiltWays | undefined;
  return plates.map((plate) => {
    const pass = ((): PlatePass => {
      if (plateOptics.kind === 'thin' || plate.isFoil) {
        const mask = plateTransmission(plate, grid, wavelengthMm, edges);
        return (field) => multiplyPlanes(field, mask);
      }
      medium ??= createThickMedium(grid, wavelengthMm, {precision});
      return createThickPass(medium, plate, plateOptics.sliceCount, edges);
    })();
    if (!isTilted(plate.placement)) return pass;
    medium ??= createThickMedium(grid, wavelengthMm, {precision});
    ways ??= createTiltWays(medium, sideOf(plates));
    return createTiltedPass(ways, pass, slopesOf(plate.placement));
  });
}

/** Side of the largest plate, mm. */
const sideOf = (plates: readonly PlateModel[]): number =>
  Math.max(...plates.map(({relief: {grid}}) => grid.count * grid.pitchMm));

/** What a plate does to a field when its plane is tilted, as at its reference plane across the beam. */
function createTiltedPass(ways: TiltWays, pass: PlatePass, slopes: Slopes): PlatePass {
  const {convolver, grid} = ways.medium;
  const plane = convolver.createPlane();
  const frame = new TiltedFrame(ways);
  frame.setSlopes(slopes);
  return (field) => {
    convolver.write(plane, field.re, field.im);
    frame.enter(plane, plane);
    const {re, im} = pass({grid, ...convolver.read(plane)});
    convolver.write(plane, re, im);
    frame.leave(plane, plane);
    frame.weigh(plane, plane);
    return {grid, ...convolver.read(plane)};
  };
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
