import type {DesignFile} from '../../contract/design-file.ts';
import type {Illumination} from '../../contract/illumination.ts';
import type {ImageWindow} from '../../contract/imaging.ts';
import type {Grid} from '../../contract/optics.ts';
import type {Random} from '../../base/random.ts';
import {createIllumination} from '../field/illumination.ts';
import {intensityOf} from '../layers/system.ts';
import type {Image} from '../field/object.ts';
import {windowSamples} from '../layers/detector.ts';
import {augmentedObject, type Augmentation} from './augment.ts';

/** What decides the pictures that are wanted of a design. */
export interface ImagingSystem {
  readonly grid: Grid;
  readonly object: DesignFile['object'];
  readonly window: ImageWindow;
  readonly illumination: Illumination;
  readonly wavelengthMm: number;
}

/** The picture that is wanted of an object: powers at the samples of the window, row by row, in any unit. */
export type WantedPicture = (
  image: Image,
  changes: {readonly change: Augmentation; readonly random: Random},
) => Float32Array;

/**
 * What a perfect lens of a design's magnification shows. An image of the object itself is the power behind it, as it is
 * lit, of a phase object its grey values; another picture is its grey values. `changes` are those of the object, drawn
 * alike, so that a picture is moved and turned as its object is.
 */
export function createWantedPicture({
  grid,
  object,
  window,
  illumination,
  wavelengthMm,
}: ImagingSystem): WantedPicture {
  const {widthMm, magnification, shows} = window;
  const scale = Math.abs(magnification);
  const isLit = shows === 'object' && object.kind !== 'phase';
  const kind = shows === 'object' ? object.kind : 'grey-amplitude';
  const {count, first} = windowSamples(widthMm, grid);
  // The light of the object's plane, enlarged as its image: one factor of area is the same everywhere.
  const light = isLit
    ? intensityOf(createIllumination(enlarged(illumination, scale), grid, wavelengthMm))
    : null;
  const whole = new Float32Array(grid.count * grid.count);
  const shown = {grid, object: {...object, kind, sideMm: object.sideMm * scale}};
  return (image, changes) => {
    augmentedObject(image, shown, changes, whole);
    const picture = new Float32Array(count * count);
    for (let row = 0; row < count; row++)
      for (let column = 0; column < count; column++) {
        const at = (first + row) * grid.count + first + column;
        const value = light === null ? whole[at] : whole[at] ** 2 * light[at];
        // The window is symmetric about the axis: half a turn reverses its order.
        const own = row * count + column;
        picture[magnification < 0 ? picture.length - 1 - own : own] = value;
      }
    return picture;
  };
}

/** A beam enlarged with what it lights; of a plane wave nothing changes. Only its power is used. */
const enlarged = (light: Illumination, scale: number): Illumination =>
  light.kind === 'plane-wave'
    ? light
    : {
        ...light,
        radiusMm: light.radiusMm * scale,
        centerXMm: light.centerXMm * scale,
        centerYMm: light.centerYMm * scale,
      };
