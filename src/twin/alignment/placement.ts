import {
  noPlacement,
  type BenchPlacement,
  type BenchPlacementData,
  type Placement,
} from '../../contract/placement.ts';
import {
  asDesigned,
  orientationCount,
  orientPoint,
  type Arrangement,
  type Orientation,
} from './arrangement.ts';
import type {BenchState} from './state.ts';

type Turn = Pick<Placement, 'flipX' | 'flipY' | 'quarterTurns'>;

/** Flips, then quarter turns from x to y, that put a square as each orientation says. */
const turns: readonly Turn[] = [
  {flipX: false, flipY: false},
  {flipX: true, flipY: false},
  {flipX: false, flipY: true},
  {flipX: true, flipY: true},
  {flipX: false, flipY: true, quarterTurns: 1},
  {flipX: false, flipY: false, quarterTurns: 1},
  {flipX: false, flipY: false, quarterTurns: 3},
  {flipX: true, flipY: false, quarterTurns: 1},
];

/** The orientation of a part that is flipped and turned so. */
export function orientationFrom({
  flipX = false,
  flipY = false,
  quarterTurns = 0,
}: Partial<Turn>): Orientation {
  // What is seen at a place stood, before a quarter turn from x to y, at (y, -x).
  let [x, y] = [1, 2];
  for (let turn = 0; turn < quarterTurns; turn++) [x, y] = [y, -x];
  const [u, v] = [flipX ? -x : x, flipY ? -y : y];
  for (let orientation = 0; orientation < orientationCount; orientation++) {
    const [a, b] = orientPoint(1, 2, orientation);
    if (a === u && b === v) return orientation;
  }
  return 0; // never: the eight orientations are all there are
}

/** Which plate stands in each place and how, and how mask and scan are seen, as a placement has it. */
export function arrangementFrom(
  {layers = [], object, output}: BenchPlacement,
  plateCount: number,
): Arrangement {
  const right = asDesigned(plateCount);
  return {
    plates: right.plates.map(({plate}, place) => {
      const own = layers[place] ?? {};
      return {plate: own.plate === undefined ? plate : own.plate - 1, orientation: orientationFrom(own)};
    }),
    object: orientationFrom(object ?? {}),
    scan: orientationFrom(output ?? {}),
  };
}

/** A bench as an alignment found it, as plain data for later predictions. */
export function placementFrom(
  {plates, object, frame}: BenchState,
  arrangement: Arrangement,
): BenchPlacementData {
  return {
    layers: plates.map(({dxMm, dyMm, dzMm, rotationDeg, tiltXDeg, tiltYDeg}, place) => {
      const {plate, orientation} = arrangement.plates[place];
      return {
        ...noPlacement,
        dxMm,
        dyMm,
        dzMm,
        rotationDeg,
        ...turns[orientation],
        ...(tiltXDeg ? {tiltXDeg} : {}),
        ...(tiltYDeg ? {tiltYDeg} : {}),
        ...(plate === place ? {} : {plate: plate + 1}),
      };
    }),
    object: {...noPlacement, ...object, ...turns[arrangement.object]},
    output: {
      ...noPlacement,
      dxMm: frame.dxMm,
      dyMm: frame.dyMm,
      dzMm: frame.dzMm,
      rotationDeg: frame.rotationDeg,
      ...turns[arrangement.scan],
      ...(frame.scale === 1 ? {} : {scale: frame.scale}),
      ...(frame.squarenessDeg ? {squarenessDeg: frame.squarenessDeg} : {}),
    },
  };
}
