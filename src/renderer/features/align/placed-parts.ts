import type {AlignDetail} from '../../../contract/api/index.ts';
import type {EllipseMm, Found, PlacedPart} from '../../viewer/index.ts';
import {quantityOf} from './align-labels.ts';
import {signedValueText} from './value-text.ts';

type Quantity = 'dx' | 'dy' | 'dz' | 'rotation';

/** What of a placement stands behind a parameter. */
const fields = {dx: 'dxMm', dy: 'dyMm', dz: 'dzMm', rotation: 'rotationDeg'} as const;

/** A part of the stack with what the drawings and their words need to know of it. */
export interface FoundPart extends PlacedPart {
  /** Quantities that were left free and that the planes determine. */
  readonly isIdentified: Readonly<Record<Quantity, boolean>>;
  readonly isFree: Readonly<Record<Quantity, boolean>>;
  /** Tilts that were left free: they are told in words alone. */
  readonly tilts: readonly FoundTilt[];
  /** `mirrored left-right`, or ''. */
  readonly flip: string;
}

/** A tilt of a plate about one of its axes, deg. */
interface FoundTilt extends Found {
  readonly label: string;
  readonly isIdentified: boolean;
}

/** What was found, as the drawings show it. */
export interface FoundStack {
  /** Object and plates in the order of the beam. */
  readonly parts: readonly FoundPart[];
  /**
   * Where the scan's own axes lie in the detector's plane. They are told in words alone: the zero of a stage may be
   * anywhere, and beside it the shifts of the plates would not be seen.
   */
  readonly frame: FoundPart;
}

/**
 * Object, plates and scan frame of a result. Error bars of numbers that the planes do not
 * tell are left out: they are what was assumed, and would be drawn as if they had been measured.
 */
export function foundStack({result, ellipses, pictures, stack}: AlignDetail): FoundStack {
  const parameters = new Map(result.parameters.map((parameter) => [parameter.name, parameter]));
  const sideMm = Math.max(...stack.plates.map((plate) => plate.sideMm));
  const {layers = [], object, output} = result.placement;
  const part = (
    name: string,
    base: Pick<PlacedPart, 'label' | 'mark' | 'kind' | 'zMm' | 'sideMm'>,
    placement: Partial<Record<(typeof fields)[Quantity], number>> & Turn = {},
  ): FoundPart => {
    const parameter = (quantity: Quantity) => parameters.get(`${name}.${quantity}`);
    const isIdentified = (quantity: Quantity): boolean => parameter(quantity)?.identifiable ?? false;
    const found = (quantity: Quantity): Found => ({
      value: placement[fields[quantity]] ?? 0,
      sigma: isIdentified(quantity) ? (parameter(quantity)?.sigma ?? null) : null,
    });
    const each = <Value>(pick: (quantity: Quantity) => Value): Record<Quantity, Value> => ({
      dx: pick('dx'),
      dy: pick('dy'),
      dz: pick('dz'),
      rotation: pick('rotation'),
    });
    return {
      ...base,
      dxMm: found('dx'),
      dyMm: found('dy'),
      dzMm: found('dz'),
      rotationDeg: found('rotation'),
      ellipse: isIdentified('dx') && isIdentified('dy') ? ellipseOf(ellipses, name) : null,
      isIdentified: each(isIdentified),
      isFree: each((quantity) => parameters.has(`${name}.${quantity}`)),
      tilts: (['tiltX', 'tiltY'] as const).flatMap((quantity): FoundTilt[] => {
        const tilt = parameters.get(`${name}.${quantity}`);
        if (!tilt) return [];
        const {value, sigma, identifiable: isIdentified} = tilt;
        return [{label: quantityOf(tilt.name), value, sigma, isIdentified}];
      }),
      flip: turnText(placement),
    };
  };
  const parts = [
    part(
      'object',
      {label: 'object', mark: 'O', kind: 'object', zMm: 0, sideMm: maskSideMm(pictures) ?? sideMm},
      object,
    ),
    ...stack.plates.map((plate, i) =>
      part(
        `plate${i + 1}`,
        {label: `plate ${i + 1}`, mark: String(i + 1), kind: 'plate', ...plate},
        layers[i],
      ),
    ),
  ];
  const frame = part(
    'frame',
    {label: 'scan frame', mark: 'S', kind: 'detector', zMm: stack.detectorZMm, sideMm},
    output,
  );
  return {parts, frame};
}

const still: Found = {value: 0, sigma: null};

/** The plane in which the detector moves, as designed: it closes the drawing of the stack. */
export const detectorPlane = ({frame}: FoundStack): PlacedPart => ({
  label: 'detector',
  mark: 'D',
  kind: 'detector',
  zMm: frame.zMm,
  sideMm: frame.sideMm,
  dxMm: still,
  dyMm: still,
  dzMm: still,
  rotationDeg: still,
  ellipse: null,
});

function ellipseOf(ellipses: AlignDetail['ellipses'], name: string): EllipseMm | null {
  const found = ellipses.find(({part}) => part === name);
  return found ? {majorMm: found.majorMm, minorMm: found.minorMm, angleDeg: found.angleDeg} : null;
}

function maskSideMm(pictures: AlignDetail['pictures']): number | null {
  const mask = pictures.find((picture) => picture.mask.count > 0)?.mask;
  return mask ? mask.count * mask.pitchMm : null;
}

interface Turn {
  readonly flipX?: boolean | undefined;
  readonly flipY?: boolean | undefined;
  readonly quarterTurns?: number | undefined;
  readonly plate?: number | undefined;
}

/** How a part is put in otherwise than designed, and which plate stands in a place; '' where all is as designed. */
export function turnText({flipX = false, flipY = false, quarterTurns = 0, plate}: Turn): string {
  const mirrored = flipX && !flipY ? 'mirrored left-right' : flipY && !flipX ? 'mirrored top-bottom' : '';
  // Both flips are half a turn.
  const turnDeg = 90 * ((quarterTurns + (flipX && flipY ? 2 : 0)) % 4);
  return [
    plate === undefined ? '' : `plate ${plate} stands here`,
    mirrored,
    turnDeg === 0 ? '' : `turned by ${turnDeg} degrees (x to y)`,
  ]
    .filter((text) => text !== '')
    .join(', ');
}

const lines: readonly {readonly quantity: Quantity; readonly label: string; readonly unit: 'mm' | 'deg'}[] = [
  {quantity: 'dx', label: 'x', unit: 'mm'},
  {quantity: 'dy', label: 'y', unit: 'mm'},
  {quantity: 'dz', label: 'z', unit: 'mm'},
  {quantity: 'rotation', label: 'turn', unit: 'deg'},
];

/** Where a part was found, number by number: `x`, `+0.310 ±0.020 mm`; what was not free is said to be as designed. */
export function foundLines(part: FoundPart): readonly {readonly label: string; readonly text: string}[] {
  const places = lines
    .filter(({quantity}) => part.kind === 'plate' || quantity !== 'dz' || part.isFree.dz)
    .map(({quantity, label, unit}) => {
      const {value, sigma} = part[fields[quantity]];
      if (!part.isFree[quantity]) return {label, text: value === 0 ? 'as designed' : 'not fitted'};
      if (!part.isIdentified[quantity]) return {label, text: 'not determined by these planes'};
      return {label, text: signedValueText(value, sigma, unit)};
    });
  const tilts = part.tilts.map(({label, value, sigma, isIdentified}) => ({
    label,
    text: isIdentified ? signedValueText(value, sigma, 'deg') : 'not determined by these planes',
  }));
  return [...places, ...tilts];
}

/** All of it in a sentence, for those who do not see the drawing. */
export function foundSentence(part: FoundPart): string {
  if (part.kind === 'object' && !Object.values(part.isFree).includes(true))
    return `${part.label}: the origin`;
  const numbers = foundLines(part).map(({label, text}) => `${label} ${text}`);
  return `${part.label}: ${[...numbers, ...(part.flip === '' ? [] : [part.flip])].join(', ')}`;
}
