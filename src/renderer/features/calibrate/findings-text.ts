import {fixedText} from '../../../base/number-format.ts';
import type {AsBuiltPlate} from '../../../contract/as-built.ts';

/** What is wrong with a network as built, the largest of each kind: place, turn, tilt and heights of its plates. */
export function findingsText(plates: readonly AsBuiltPlate[]): string {
  const offMm = ({dxMm, dyMm}: AsBuiltPlate): number => Math.hypot(dxMm.value, dyMm.value);
  const farthest = largest(plates, offMm);
  const turned = largest(plates, ({rotationDeg}) => Math.abs(rotationDeg.value));
  const tiltDeg = ({tiltXDeg, tiltYDeg}: AsBuiltPlate): number =>
    Math.hypot(tiltXDeg?.value ?? 0, tiltYDeg?.value ?? 0);
  const tilted = largest(plates, tiltDeg);
  const heights = largest(plates, ({heights: {rmsMm}}) => rmsMm);
  if (!farthest || !turned || !heights) return '';
  const unknownMm = heights.heights.errorMm;
  return [
    `Plate ${farthest.plate} stands farthest off, by ${fixedText(offMm(farthest), 2)} mm across the beam.`,
    ...(turned.rotationDeg.value === 0
      ? []
      : [`Plate ${turned.plate} is turned most, by ${fixedText(Math.abs(turned.rotationDeg.value), 2)}°.`]),
    ...(tilted && tiltDeg(tilted) > 0
      ? [`Plate ${tilted.plate} is tilted most, by ${fixedText(tiltDeg(tilted), 2)}°.`]
      : []),
    heights.heights.rmsMm === 0
      ? 'Heights are taken to be as designed.'
      : `Heights are farthest off in plate ${heights.plate}, by ${fixedText(1000 * heights.heights.rmsMm, 1)} µm RMS${unknownMm === null ? '' : `; ${fixedText(1000 * unknownMm, 1)} µm are not known`}.`,
  ].join(' ');
}

const largest = (
  plates: readonly AsBuiltPlate[],
  by: (plate: AsBuiltPlate) => number,
): AsBuiltPlate | undefined => [...plates].sort((a, b) => by(b) - by(a))[0];
