import {decimalsForSigma, digitsText, fixedText} from '../../base/number-format.ts';
import {countOf} from '../../base/count-text.ts';
import type {AlignedParameter, AlignmentSensitivity} from '../../contract/alignment.ts';
import type {AlignCorrection} from '../../contract/api/align-shapes.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import {degFromRad, wavelengthMmFromHz} from '../../contract/units.ts';
import {isAsDesigned} from '../../twin/alignment/arrangement.ts';
import type {StoredAlignment} from '../placements/alignment-records.ts';
import {costOf, costText, isCostly} from '../probes/displacement-cost.ts';

/** Below this many standard deviations a displacement may as well be none. */
const certainSigma = 2;

/**
 * Where no table of the design says what a displacement costs: below these nothing that is seen changes. A tenth of a wavelength sideways, as much at the rim of a
 * plate that is turned, half a wavelength along the beam, as much at the rim of a plate that is tilted (networks of this kind lose nothing below a quarter of a
 * wavelength sideways and hardly anything along the beam; see docs/alignment.md).
 */
const matteringOf = (wavelengthMm: number, plateSideMm: number) => ({
  lateralMm: wavelengthMm / 10,
  axialMm: wavelengthMm / 2,
  rotationDeg: degFromRad(wavelengthMm / 10 / (plateSideMm / 2)),
  tiltDeg: degFromRad(wavelengthMm / 2 / (plateSideMm / 2)),
});

const viewpoint =
  'Seen from the source, looking along the beam: left is +x, up is +y, clockwise is from x to y, away from you is towards the detector.';

type PlateQuantity = 'dx' | 'dy' | 'dz' | 'rotation' | 'tiltX' | 'tiltY';
const quantities: readonly PlateQuantity[] = ['dx', 'dy', 'dz', 'rotation', 'tiltX', 'tiltY'];

/** What a person would do to each plate, and by what it was judged whether that is worth doing. */
export interface Corrections {
  readonly viewpoint: string;
  readonly text: string;
  /** By what displacements were judged, in a sentence. */
  readonly basis: string;
  /** Whether the design's own table was there to judge by. */
  readonly isByDesign: boolean;
  readonly items: AlignCorrection[];
}

/**
 * What a person would do to each plate so that it stands where the design has it, in words. What each displacement
 * costs, and so which of them matter, is what the table of the design says (`computeSensitivity`); without one, limits
 * in wavelengths stand in for it.
 */
export function correctionsOf(
  alignment: Pick<StoredAlignment, 'result' | 'arrangement'>,
  design: Pick<DesignFile, 'frequencyHz' | 'grid' | 'layers'>,
  sensitivity?: AlignmentSensitivity,
): Corrections {
  const {result, arrangement} = alignment;
  const plateSideMm = design.grid.count * design.grid.pitchMm;
  const matters = matteringOf(wavelengthMmFromHz(design.frequencyHz), plateSideMm);
  const assemblyError = isAsDesigned(arrangement)
    ? undefined
    : result.orientation.find(({isChosen}) => isChosen)?.text;
  const items = [
    ...(assemblyError === undefined ? [] : [assemblyErrorItem(assemblyError)]),
    ...design.layers.flatMap((_, plate) =>
      quantities.flatMap((quantity) => {
        const found = result.parameters.find(({name}) => name === `plate${plate + 1}.${quantity}`);
        return found ? [correctionFrom(found, {plate, quantity}, matters, sensitivity)] : [];
      }),
    ),
  ];
  return {
    viewpoint,
    text: summaryOf(items, assemblyError),
    basis: sensitivity
      ? `What each displacement costs is computed for ${countOf(sensitivity.objectCount, 'digit')} of this design, one displacement at a time.`
      : 'What displacements cost this design is not computed yet; until then a tenth of a wavelength sideways and half of one along the beam count as significant.',
    isByDesign: sensitivity !== undefined,
    items,
  };
}

/** What to turn at some plates (from 0), in sentences; those that need nothing are left out. */
export function plateCorrections(
  {parameters}: Pick<StoredAlignment['result'], 'parameters'>,
  design: Pick<DesignFile, 'frequencyHz' | 'grid'>,
  plates: readonly number[],
): string[] {
  const matters = matteringOf(
    wavelengthMmFromHz(design.frequencyHz),
    design.grid.count * design.grid.pitchMm,
  );
  return plates.flatMap((plate) =>
    quantities.flatMap((quantity) => {
      const found = parameters.find(({name}) => name === `plate${plate + 1}.${quantity}`);
      const item = found && correctionFrom(found, {plate, quantity}, matters);
      return item?.isNeeded ? [item.text] : [];
    }),
  );
}

function assemblyErrorItem(assemblyError: string): AlignCorrection {
  const plate = /plates? (\d+)/.exec(assemblyError)?.[1];
  return {
    part: plate === undefined ? assemblyError.replace(/^the (\w+).*$/, '$1') : `plate ${plate}`,
    plateIndex: plate === undefined ? -1 : Number(plate) - 1,
    quantity: 'flip',
    change: 0,
    sigma: null,
    unit: '1',
    text: `correct first: ${assemblyError} (as seen from the source); then measure again`,
    isNeeded: true,
    reason: '',
    cost: null,
  };
}

function correctionFrom(
  {name, value, sigma, identifiable, unit}: AlignedParameter,
  {plate: plateIndex, quantity}: {readonly plate: number; readonly quantity: PlateQuantity},
  matters: ReturnType<typeof matteringOf>,
  sensitivity?: AlignmentSensitivity,
): AlignCorrection {
  const part = `plate ${plateIndex + 1}`;
  const limit = limitOf(quantity, matters);
  const unitText = unit === 'deg' ? 'degrees' : 'mm';
  const cost = sensitivity && costOf(sensitivity, name, value);
  const reason =
    !identifiable || sigma === null
      ? 'these planes do not determine it'
      : Math.abs(value) < certainSigma * sigma
        ? `less than ${certainSigma} standard deviations from where it belongs`
        : cost
          ? isCostly(cost)
            ? ''
            : `need not be made: it ${costText(cost)}`
          : Math.abs(value) < limit
            ? `below what matters, ${fixedText(limit, 2)} ${unitText}`
            : '';
  return {
    part,
    plateIndex,
    quantity,
    change: value === 0 ? 0 : -value,
    sigma,
    unit: unit === 'deg' ? 'deg' : 'mm',
    text: `${verbOf(quantity)} ${part} by ${amountText(Math.abs(value), sigma)} ${unitText} ${directionOf(quantity, -value)}`,
    isNeeded: reason === '',
    reason,
    cost: cost ? {...cost, text: costText(cost)} : null,
  };
}

const verbOf = (quantity: PlateQuantity): string =>
  quantity === 'rotation' ? 'turn' : quantity === 'tiltX' || quantity === 'tiltY' ? 'tilt' : 'move';

function limitOf(quantity: PlateQuantity, matters: ReturnType<typeof matteringOf>): number {
  switch (quantity) {
    case 'dx':
    case 'dy':
      return matters.lateralMm;
    case 'dz':
      return matters.axialMm;
    case 'rotation':
      return matters.rotationDeg;
    case 'tiltX':
    case 'tiltY':
      return matters.tiltDeg;
  }
}

/** Signs of docs/conventions.md, told from the source: there x runs to the left, and from x to y is clockwise. */
function directionOf(quantity: PlateQuantity, change: number): string {
  const isPositive = change >= 0;
  switch (quantity) {
    case 'dx':
      return isPositive ? 'to the left, towards +x' : 'to the right, towards -x';
    case 'dy':
      return isPositive ? 'up, towards +y' : 'down, towards -y';
    case 'dz':
      return isPositive ? 'towards the detector' : 'towards the source';
    case 'rotation':
      return isPositive ? 'clockwise' : 'counter-clockwise';
    case 'tiltX':
      return `about its horizontal axis, the upper edge towards the ${isPositive ? 'detector' : 'source'}`;
    case 'tiltY':
      return `about its vertical axis, the left edge (+x) towards the ${isPositive ? 'source' : 'detector'}`;
  }
}

function amountText(size: number, sigma: number | null): string {
  if (sigma === null || !(sigma > 0)) return digitsText(size, 2);
  // Two digits of the error bar, and never finer than a micrometre or a thousandth of a degree.
  const digits = decimalsForSigma(sigma, 3);
  return `${fixedText(size, digits)} +- ${fixedText(sigma, digits)}`;
}

function summaryOf(items: readonly AlignCorrection[], assemblyError: string | undefined): string {
  if (assemblyError !== undefined)
    return `According to the planes ${assemblyError}. Correct that and measure again before anything else is moved.`;
  const needed = items.filter(({isNeeded}) => isNeeded);
  if (needed.length === 0)
    return 'Nothing has to be moved: every plate stands at its designed position, as far as that matters or can be determined.';
  const parts = [...new Set(needed.map(({part}) => part))];
  return `${countOf(needed.length, 'correction')} at ${parts.join(', ')}. Measure again afterwards: what a hand does is never what it meant to do.`;
}
