import type {DesignFile} from '../../contract/design-file.ts';
import type {PlateFrame} from '../../contract/plate-export.ts';
import {glyphRectangles} from './glyphs.ts';
import type {PlateShape} from './plate-shape.ts';
import type {PrintedHeights} from './printed-heights.ts';

/** A span along the beam, mm from the object plane. */
export interface Span {
  readonly minMm: number;
  readonly maxMm: number;
}

/** Where a part stands along the beam. */
export interface StandingPart {
  readonly name: string;
  /** What is written beside its slot. */
  readonly mark: string;
  /** Of its rim, which stands in the slot. */
  readonly rim: Span;
  /** Of all of it. */
  readonly whole: Span;
}

/** A box along the axes, mm. */
export interface Box {
  readonly min: readonly [number, number, number];
  readonly max: readonly [number, number, number];
}

/** A holder as boxes: those that are added, then those that are cut out of them. */
export interface HolderParts {
  readonly added: readonly Box[];
  readonly cut: readonly Box[];
}

/**
 * Where a plate stands: the middle of its relief, from the lowest place to the highest, lies in the design's reference
 * plane, as the virtual bench takes it.
 */
export function standingPlate(
  layer: DesignFile['layers'][number],
  printed: Pick<PrintedHeights, 'baseMm' | 'lowestMm' | 'highestMm'>,
  {
    index,
    rimThicknessMm,
    foilMm,
  }: {readonly index: number; readonly rimThicknessMm: number; readonly foilMm: number},
): StandingPart {
  const [name, mark] = [`plate ${index + 1}`, String(index + 1)];
  if (layer.neurons === 'amplitude') return {...standingFoil(layer.zMm, rimThicknessMm, foilMm), name, mark};
  // A foil lies on the flat face.
  const underMm = layer.mask ? foilMm : 0;
  const {baseMm, lowestMm, highestMm} = printed;
  const middleMm = (Math.min(baseMm, lowestMm) + Math.max(baseMm, highestMm)) / 2;
  const span = (thicknessMm: number): Span =>
    layer.reliefFaces === 'detector'
      ? {minMm: layer.zMm - middleMm - underMm, maxMm: layer.zMm - middleMm + thicknessMm}
      : {minMm: layer.zMm + middleMm - thicknessMm, maxMm: layer.zMm + middleMm + underMm};
  return {
    name,
    mark,
    rim: span(rimThicknessMm),
    whole: span(Math.max(rimThicknessMm, highestMm)),
  };
}

/** The mask: its foil lies in the object plane, on the face of its frame that looks to the detector. */
export const standingMask = (frameThicknessMm: number, foilMm: number): StandingPart => ({
  name: 'the mask',
  mark: '0',
  ...standingFoil(0, frameThicknessMm, foilMm),
});

/** A foil whose middle stands at zMm, on the face of its frame that looks to the detector. */
function standingFoil(
  zMm: number,
  frameThicknessMm: number,
  foilMm: number,
): Pick<StandingPart, 'rim' | 'whole'> {
  const span = {minMm: zMm - frameThicknessMm - foilMm / 2, maxMm: zMm + foilMm / 2};
  return {rim: span, whole: span};
}

const floorMm = 4;
const endMm = 8;
/** Part of the plates' upper half that the rails reach up to. */
const railTopPart = 0.25;
const outerWallMm = 4;
const markMm = 0.6;
const markRoomMm = 6;

/**
 * Two rails on a floor with a slot for each part, in the frame in which it is printed: x as in the design, y against the
 * beam, z up. Plates stand on the floor, so that their middle is on the axis; each slot has its part's number beside it,
 * on the side of the detector, where there is room.
 */
export function holderParts(
  parts: readonly StandingPart[],
  {halfMm}: Pick<PlateShape, 'halfMm'>,
  frame: PlateFrame,
): HolderParts {
  const play = frame.clearanceMm / 2;
  const slots = parts.map(({rim}) => ({minMm: rim.minMm - play, maxMm: rim.maxMm + play}));
  const startMm = Math.min(...slots.map(({minMm}) => minMm)) - endMm;
  const stopMm = Math.max(...slots.map(({maxMm}) => maxMm)) + endMm;
  const outerMm = halfMm + play + outerWallMm;
  const innerMm = halfMm - frame.rimMm / 2;
  const topMm = halfMm * railTopPart;
  const along = (x: Span, z: Span, span: Span): Box => ({
    min: [x.minMm, -span.maxMm, z.minMm],
    max: [x.maxMm, -span.minMm, z.maxMm],
  });
  const whole = {minMm: startMm, maxMm: stopMm};
  const rail = {minMm: -halfMm - floorMm / 2, maxMm: topMm};
  const marks = parts.flatMap(({mark}, i) => {
    const next = slots.at(i + 1)?.minMm ?? stopMm;
    const {maxMm} = slots[i];
    if (next - maxMm < markRoomMm) return [];
    const box = {minX: innerMm, maxX: outerMm, minY: -maxMm - markRoomMm, maxY: -maxMm};
    return glyphRectangles(mark, box).map(({minX, maxX, minY, maxY}): Box => ({
      min: [minX, minY, topMm - markMm],
      max: [maxX, maxY, topMm + markMm],
    }));
  });
  return {
    added: [
      along({minMm: -outerMm, maxMm: outerMm}, {minMm: -halfMm - floorMm, maxMm: -halfMm}, whole),
      along({minMm: -outerMm, maxMm: -innerMm}, rail, whole),
      along({minMm: innerMm, maxMm: outerMm}, rail, whole),
      ...marks,
    ],
    cut: slots.map((slot) =>
      along({minMm: -halfMm - play, maxMm: halfMm + play}, {minMm: -halfMm, maxMm: topMm + 2 * markMm}, slot),
    ),
  };
}
