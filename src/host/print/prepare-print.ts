import {hasRelief} from '../../contract/design-file.ts';
import {BenchError, isBenchError} from '../../contract/errors.ts';
import type {PlateFrame, PrintCheck, Printer} from '../../contract/plate-export.ts';
import {plateFormats, type PlateFormat} from '../../contract/plate-formats.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import type {Design} from '../../twin/design/load.ts';
import {assertApartInHolder, assertPrintable, printWarnings} from '../../twin/print/assert-printable.ts';
import {standingMask, standingPlate, type StandingPart} from '../../twin/print/holder.ts';
import {plateShapeOf, windowMmOf, type PlateShape} from '../../twin/print/plate-shape.ts';
import {printedHeightsOf, type PrintedHeights} from '../../twin/print/printed-heights.ts';
import {assertCutOuts} from './mask-foils.ts';
import {assertOpenOrClosed, foilWarnings} from './plate-foils.ts';

/** What is made of a design, by which printer, and what surrounds the reliefs. */
export interface PrintSettings {
  readonly formats: readonly PlateFormat[];
  readonly printer: Printer;
  readonly frame: PlateFrame;
}

/** The plates of a design as a printer makes them. */
export interface PreparedPrint {
  readonly plates: readonly PrintedHeights[];
  readonly shape: PlateShape;
  readonly stands: readonly StandingPart[];
  readonly warnings: readonly string[];
}

/** Rounds heights to whole slices and puts the parts into their holder; refuses nothing. */
function printOf({file, layers}: Design, {printer, frame}: PrintSettings): PreparedPrint {
  const wavelengthMm = wavelengthMmFromHz(file.frequencyHz);
  const plates = layers.map((relief, i) => {
    const {baseMm, refractiveIndex} = file.layers[i];
    return printedHeightsOf({relief, wavelengthMm, baseMm, refractiveIndex}, printer);
  });
  const shape = plateShapeOf(windowMmOf(file), Math.max(...plates.map(({baseMm}) => baseMm)), {
    frame,
    printer,
  });
  const {rimThicknessMm} = shape;
  const stands = [
    standingMask(rimThicknessMm, frame.foilMm),
    ...plates.map((plate, index) =>
      standingPlate(file.layers[index], plate, {index, rimThicknessMm, foilMm: frame.foilMm}),
    ),
  ];
  const warnings = [...printWarnings(file, plates, printer), ...foilWarnings(file)];
  return {plates, shape, stands, warnings};
}

/** Throws `plan/invalid` for what cannot be made, naming part, figure and remedy. */
function assertMakeable({file}: Design, {plates, stands}: PreparedPrint, settings: PrintSettings): void {
  const {formats, printer, frame} = settings;
  if (formats.length === 0)
    throw new BenchError('plan/invalid', 'No format was named. Nothing was written. Name one or more.');
  if (formats.some((format) => plateFormats[format].of !== 'foils')) {
    assertPrintable(file, plates, printer);
    assertApartInHolder(stands, frame);
  }
  if (formats.some((format) => plateFormats[format].of === 'foils')) {
    assertCutOuts(file);
    assertOpenOrClosed(file);
  }
}

/** The plates of a design as a printer makes them. Throws `plan/invalid` for what cannot be made. */
export function preparePrint(design: Design, settings: PrintSettings): PreparedPrint {
  const print = printOf(design, settings);
  assertMakeable(design, print, settings);
  return print;
}

/** What a printer would make of a design, and why it could not. */
export function checkPrint(design: Design, settings: PrintSettings): PrintCheck {
  const print = printOf(design, settings);
  const {plates, shape, warnings} = print;
  // Masks by themselves are no prints: of a design of nothing else their frames are what is as thick as they are.
  const printed = plates.filter((_, i) => hasRelief(design.file.layers[i]));
  const thinnestMm = printed.map(({lowestMm}) => lowestMm);
  const thickestMm = printed.map(({highestMm}) => highestMm);
  const roundings = plates.map(({rounding}) => rounding);
  return {
    problem: problemOf(() => assertMakeable(design, print, settings)),
    warnings,
    sideMm: 2 * shape.halfMm,
    lowestMm: printed.length > 0 ? Math.min(...thinnestMm) : shape.rimThicknessMm,
    highestMm: printed.length > 0 ? Math.max(...thickestMm) : shape.rimThicknessMm,
    rounding: roundings.reduce((worst, own) => (own.rmsRad > worst.rmsRad ? own : worst)),
  };
}

function problemOf(assert: () => void): string {
  try {
    assert();
    return '';
  } catch (error) {
    if (isBenchError(error) && error.code === 'plan/invalid') return error.message;
    throw error;
  }
}
