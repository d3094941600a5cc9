import type {PointMm} from '../plane/plane.ts';

/** A number with its error bar (one sigma); without one, nothing is known of how well it holds. */
export interface Found {
  readonly value: number;
  readonly sigma: number | null;
}

/** One sigma of a pair of shifts: half axes, the major one turned by `angleDeg` from x to y. */
export interface EllipseMm {
  readonly majorMm: number;
  readonly minorMm: number;
  readonly angleDeg: number;
}

/** A part of the stack: where the design has it, and how far from there it was found. */
export interface PlacedPart {
  /** `plate 3`. */
  readonly label: string;
  /** Short name inside drawings: `3`. */
  readonly mark: string;
  readonly kind: 'object' | 'plate' | 'detector';
  /** Design's place along the beam, mm from the object. */
  readonly zMm: number;
  readonly sideMm: number;
  readonly dxMm: Found;
  readonly dyMm: Found;
  readonly dzMm: Found;
  /** Turn from x to y, degrees. */
  readonly rotationDeg: Found;
  readonly ellipse: EllipseMm | null;
}

/** How many times larger than to scale something is drawn. */
export interface Exaggeration {
  /** Shifts across the beam, and along it. */
  readonly across: number;
  readonly along: number;
  readonly turn: number;
  /** Error bars and ellipses of shifts across, along, and of turns. */
  readonly errorAcross: number;
  readonly errorAlong: number;
  readonly errorTurn: number;
}

/** Largest of 1, 2, 5, 10 ... 10000 by which `size` stays within `room`; 1 when already `size` does not. */
export function exaggerationFor(size: number, room: number): number {
  const steps = [10_000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2];
  return steps.find((factor) => size * factor <= room) ?? 1;
}

/** Shifts below these are not blown up to fill their room: a bench that stands right has to look so. */
const least = {acrossMm: 0.02, alongMm: 0.05, turnDeg: 0.05};
/** A turn is drawn by at most so many degrees. */
const turnRoomDeg = 15;

/** Factors with which the largest shift and turn are well seen and no part covers the next. */
export function findExaggeration(parts: readonly PlacedPart[]): Exaggeration {
  const sideMm = Math.min(...parts.map((part) => part.sideMm));
  const zMm = parts.map((part) => part.zMm).sort((a, b) => a - b);
  const gaps = zMm.slice(1).map((z, i) => z - zMm[i]);
  const gapMm = Math.min(...gaps.filter((gap) => gap > 0), Infinity);
  const alongRoomMm = Number.isFinite(gapMm) ? 0.35 * gapMm : 0.1 * sideMm;
  const largest = (pick: (part: PlacedPart) => number): number => Math.max(0, ...parts.map(pick));
  const across = exaggerationFor(
    Math.max(
      least.acrossMm,
      largest(({dxMm}) => Math.abs(dxMm.value)),
      largest(({dyMm}) => Math.abs(dyMm.value)),
    ),
    0.22 * sideMm,
  );
  const along = exaggerationFor(
    Math.max(
      least.alongMm,
      largest(({dzMm}) => Math.abs(dzMm.value)),
    ),
    alongRoomMm,
  );
  const turn = exaggerationFor(
    Math.max(
      least.turnDeg,
      largest(({rotationDeg}) => Math.abs(rotationDeg.value)),
    ),
    turnRoomDeg,
  );
  // Error bars with the factor of their shifts where they are seen so, else with a larger one.
  const error = (sigma: number, room: number, factor: number): number =>
    sigma > 0 ? Math.max(factor, exaggerationFor(sigma, room)) : factor;
  return {
    across,
    along,
    turn,
    errorAcross: error(
      largest(({dxMm, dyMm}) => Math.max(dxMm.sigma ?? 0, dyMm.sigma ?? 0)),
      0.08 * sideMm,
      across,
    ),
    errorAlong: error(
      largest(({dzMm}) => dzMm.sigma ?? 0),
      0.4 * alongRoomMm,
      along,
    ),
    errorTurn: error(
      largest(({rotationDeg}) => rotationDeg.sigma ?? 0),
      turnRoomDeg / 4,
      turn,
    ),
  };
}

/** Corners of a square outline about a place, turned from x to y; the first one is at +x, +y. */
export function outlineCorners(sideMm: number, at: PointMm, rotationDeg: number): readonly PointMm[] {
  const angle = (rotationDeg * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const half = sideMm / 2;
  return [
    [half, half],
    [-half, half],
    [-half, -half],
    [half, -half],
  ].map(([x, y]) => ({xMm: at.xMm + cos * x - sin * y, yMm: at.yMm + sin * x + cos * y}));
}

/** A point at a distance and a direction (degrees from x to y) from another. */
export function pointAt(from: PointMm, distanceMm: number, directionDeg: number): PointMm {
  const angle = (directionDeg * Math.PI) / 180;
  return {xMm: from.xMm + distanceMm * Math.cos(angle), yMm: from.yMm + distanceMm * Math.sin(angle)};
}

/**
 * Half side of a square about the origin that holds every shift with its ellipse, mm, a nice number. `errorFactor`
 * says how much larger the ellipses are drawn.
 */
export function targetHalfMm(parts: readonly PlacedPart[], errorFactor: number): number {
  const reach = Math.max(
    least.acrossMm / 2,
    ...parts.map(({dxMm, dyMm, ellipse}) => {
      const errorMm = (ellipse?.majorMm ?? 0) * errorFactor;
      return Math.max(Math.abs(dxMm.value), Math.abs(dyMm.value)) + errorMm;
    }),
  );
  const wanted = reach * 1.12;
  const decade = 10 ** Math.floor(Math.log10(wanted));
  return (
    [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((lead) => lead * decade).find((half) => half >= wanted) ?? 10 * decade
  );
}

/** Factor of the ellipses in the plot of shifts: the largest one about a tenth of what is shown. */
export function targetErrorFactor(parts: readonly PlacedPart[]): number {
  const reach = Math.max(
    least.acrossMm / 2,
    ...parts.map(({dxMm, dyMm}) => Math.max(Math.abs(dxMm.value), Math.abs(dyMm.value))),
  );
  const error = Math.max(0, ...parts.map(({ellipse}) => ellipse?.majorMm ?? 0));
  return error > 0 ? exaggerationFor(error, 0.12 * reach) : 1;
}

/** A part side-on, in the mm of the drawing: outlines as designed and as found, and the bars of their errors. */
export interface SideOutline {
  readonly part: PlacedPart;
  readonly designed: {readonly zMm: number; readonly acrossMm: number};
  readonly found: {readonly zMm: number; readonly acrossMm: number};
  /** Half lengths of the error bars as drawn; null where nothing is known. */
  readonly errorZMm: number | null;
  readonly errorAcrossMm: number | null;
}

/** Where everything is drawn when one looks from the side; `across` is what points upwards. */
export function sideOutlines(
  parts: readonly PlacedPart[],
  across: 'x' | 'y',
  factors: Exaggeration,
): readonly SideOutline[] {
  return parts.map((part) => {
    const shift = across === 'x' ? part.dxMm : part.dyMm;
    const scaled = (sigma: number | null, factor: number): number | null =>
      sigma === null ? null : sigma * factor;
    return {
      part,
      designed: {zMm: part.zMm, acrossMm: 0},
      found: {
        zMm: part.zMm + part.dzMm.value * factors.along,
        acrossMm: shift.value * factors.across,
      },
      errorZMm: scaled(part.dzMm.sigma, factors.errorAlong),
      errorAcrossMm: scaled(shift.sigma, factors.errorAcross),
    };
  });
}
