import {fixedText} from '../base/number-format.ts';
import {plateAxes, type PlateAxis, type PlateOffset} from './devices.ts';

/** Axes of plates in words and units, as every person is told of them: in the window, at the terminal, in errors. */

export const plateAxisNames: Readonly<Record<PlateAxis, string>> = {
  dxMm: 'x',
  dyMm: 'y',
  dzMm: 'z',
  rotationDeg: 'rotation',
};

/** Unit of an axis of a mount. */
export const plateAxisUnit = (axis: PlateAxis): 'mm' | 'deg' => (axis === 'rotationDeg' ? 'deg' : 'mm');

/** `rotation 0.1200 deg`. */
export const plateValueText = (axis: PlateAxis, value: number, digits = 4): string =>
  `${plateAxisNames[axis]} ${fixedText(value, digits)} ${plateAxisUnit(axis)}`;

/** `x 0.1234 mm, rotation -0.5000 deg`; '' for none. */
export const plateOffsetText = (offset: PlateOffset): string =>
  plateAxes
    .flatMap((axis) => {
      const value = offset[axis];
      return value === undefined ? [] : [plateValueText(axis, value)];
    })
    .join(', ');

/** An axis by its key (`rotationDeg`) or its name (`rotation`); undefined for neither. */
export const plateAxisFrom = (text: unknown): PlateAxis | undefined =>
  plateAxes.find((axis) => axis === text || plateAxisNames[axis] === text);

/** `x, y, z, rotation`. */
export const plateAxisChoices = plateAxes.map((axis) => plateAxisNames[axis]).join(', ');
