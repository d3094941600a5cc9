import {hasRelief, type DesignFile} from '../../contract/design-file.ts';
import {BenchError} from '../../contract/errors.ts';
import type {PlateFrame, Printer} from '../../contract/plate-export.ts';
import type {StandingPart} from './holder.ts';
import type {PrintedHeights} from './printed-heights.ts';

/** A dot of the printer, mm. */
export const dotMmOf = ({lateralDpi}: Pick<Printer, 'lateralDpi'>): number => 25.4 / lateralDpi;

const short = (value: number): string => String(Number(value.toPrecision(3)));

/**
 * Refuses what the printer cannot make: a plate that is thinner than the thinnest sheet, a relief that is lost in one
 * slice. Throws `plan/invalid` naming plate, figure and remedy.
 */
export function assertPrintable(
  {layers}: DesignFile,
  plates: readonly PrintedHeights[],
  {sliceMm, thinnestMm}: Printer,
): void {
  plates.forEach(({lowestMm, rounding, heightCount, highestMm}, i) => {
    // A mask by itself is no print.
    if (!hasRelief(layers[i])) return;
    if (lowestMm < thinnestMm)
      throw refused(
        `Plate ${i + 1} would be ${short(lowestMm)} mm thick at its thinnest place (base ${layers[i].baseMm} mm), and this printer needs ${thinnestMm} mm`,
        'Train the design with a thicker base, or name the printer’s real limit',
      );
    const wasFlat = rounding.rmsMm < 1e-9;
    if (heightCount === 1 && !wasFlat)
      throw refused(
        `The whole relief of plate ${i + 1} would come out at one height, ${short(highestMm)} mm: it is lower than a slice of ${sliceMm} mm`,
        'Name the slice thickness that the printer is set to, or train for a deeper relief',
      );
  });
}

/** Refuses parts that touch, or leave less than a wall between their slots. Throws `plan/invalid` naming both. */
export function assertApartInHolder(
  parts: readonly StandingPart[],
  {wallMm, clearanceMm}: Pick<PlateFrame, 'wallMm' | 'clearanceMm'>,
): void {
  for (const [i, part] of parts.entries()) {
    const next = parts.at(i + 1);
    if (!next) return;
    const freeMm = next.whole.minMm - part.whole.maxMm;
    if (freeMm < clearanceMm)
      throw refused(
        `${sentence(part.name)} and ${next.name} would touch in the holder: ${freeMm < 0 ? `they overlap by ${short(-freeMm)} mm` : `${short(freeMm)} mm are left between them`}`,
        'Make the rim thinner, or give the design larger gaps',
      );
    const wallLeftMm = next.rim.minMm - part.rim.maxMm - clearanceMm;
    if (wallLeftMm < wallMm - 1e-9)
      throw refused(
        `Between the slots of ${part.name} and ${next.name} ${short(Math.max(0, wallLeftMm))} mm would be left standing, and the holder’s walls need ${wallMm} mm`,
        'Make the rim thinner, or give the design larger gaps',
      );
  }
}

/** What comes out worse than designed without being impossible, each in a sentence. */
export function printWarnings(
  file: DesignFile,
  plates: readonly PrintedHeights[],
  printer: Printer,
): string[] {
  const dotMm = dotMmOf(printer);
  const warnings: string[] = [];
  const pitchMm = Math.min(...file.layers.map((layer) => layer.pitchMm));
  const isPrinted = file.layers.some(hasRelief);
  if (isPrinted && pitchMm < 2 * dotMm)
    warnings.push(
      `Pixels of ${short(pitchMm)} mm are smaller than two dots of the printer (${short(2 * dotMm)} mm at ${printer.lateralDpi} dpi): neighbouring heights will run into each other.`,
    );
  file.layers.forEach((layer, i) => {
    if (!hasRelief(layer)) return;
    const {levels, zMm} = layer;
    const {lowestMm, highestMm, rounding} = plates[i];
    if (highestMm === lowestMm) warnings.push(`Plate ${i + 1} at ${zMm} mm is flat: it has no relief.`);
    const stepMm = levels ? levels.maximumMm / (levels.count - 1) : Infinity;
    if (stepMm < printer.sliceMm)
      warnings.push(
        `Plate ${i + 1} has steps of ${short(stepMm)} mm, lower than a slice of ${printer.sliceMm} mm: some of them come out at the same height.`,
      );
    if (rounding.rmsRad > largestCalmRad)
      warnings.push(
        `Rounding plate ${i + 1} to whole slices costs ${short(rounding.rmsRad)} rad RMS; thinner slices would cost less.`,
      );
  });
  return warnings;
}

/** About a fifteenth of a wavelength: beyond it a plate is no longer what was trained. */
const largestCalmRad = 0.4;

const refused = (what: string, remedy: string): BenchError =>
  new BenchError('plan/invalid', `${what}. Nothing was written. ${remedy}.`);

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
