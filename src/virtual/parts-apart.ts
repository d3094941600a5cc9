import {BenchError} from '../contract/errors.ts';
import {radFromDeg} from '../contract/units.ts';
import type {Tilt} from './scene-truth.ts';

/** Parts that stand closer than this would touch each other, mm. */
export const closestMm = 2;

/** Slopes dz/dx and dz/dy of a plate's plane. */
export const slopesOf = ({tiltXDeg, tiltYDeg}: Tilt): readonly [number, number] => [
  -Math.tan(radFromDeg(tiltYDeg)),
  Math.tan(radFromDeg(tiltXDeg)),
];

/** A part along the beam, in the order in which the light meets them. */
export interface StandingPart {
  /** For a person: `plate 3`, `the output plane`. */
  readonly name: string;
  readonly zMm: number;
  readonly tilt?: Tilt | undefined;
}

/** Refuses parts of side `sideMm` that would touch, tilts taken into account. Throws `twin/invalid`. */
export function assertApart(parts: readonly StandingPart[], sideMm: number): void {
  const sagMm = parts.map(({tilt}) => {
    if (!tilt) return 0;
    const [slopeX, slopeY] = slopesOf(tilt);
    return (sideMm / 2) * (Math.abs(slopeX) + Math.abs(slopeY));
  });
  for (let i = 1; i < parts.length; i++) {
    const [before, part] = [parts[i - 1], parts[i]];
    const roomMm = part.zMm - before.zMm - sagMm[i] - sagMm[i - 1];
    if (roomMm >= closestMm) continue;
    throw new BenchError(
      'twin/invalid',
      `There would be ${Number(roomMm.toFixed(3))} mm between ${before.name} and ${part.name}; parts must stay ` +
        `${closestMm} mm apart. Nothing was changed.`,
      {details: {before: before.name, part: part.name, roomMm}},
    );
  }
}
