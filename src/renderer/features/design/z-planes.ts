import type {DesignFile} from '../../../contract/design-file.ts';

/** Planes along the beam to ask for, mm behind the object, in order. */
export interface PlanesToAsk {
  /** Object, plates, detector: they tell most and are asked for first. */
  readonly first: readonly number[];
  /** Those between. */
  readonly rest: readonly number[];
}

/** Two places nearer than this are one. */
const sameMm = 0.05;

/**
 * About `count` planes from the object to the detector, evenly apart, with the object, each plate and the detector
 * among them; at most 60, as many as the host takes.
 */
export function planesAlong(file: Pick<DesignFile, 'layers' | 'detector'>, count = 40): PlanesToAsk {
  const endMm = file.detector.zMm;
  const parts = [0, ...file.layers.map(({zMm}) => zMm), endMm];
  const first = [...new Set(parts)].filter((zMm) => zMm >= 0 && zMm <= endMm).sort((a, b) => a - b);
  const evenCount = Math.max(2, Math.min(count, 60));
  const rest = Array.from({length: evenCount}, (_, i) => round((endMm * i) / (evenCount - 1))).filter((zMm) =>
    first.every((part) => Math.abs(part - zMm) > sameMm),
  );
  return {first, rest};
}

const round = (zMm: number): number => Math.round(zMm * 1000) / 1000;

/** The plane nearest to a place; undefined when there is none. */
export function nearestPlane<Plane extends {readonly zMm: number}>(
  planes: readonly Plane[],
  zMm: number,
): Plane | undefined {
  let best: Plane | undefined;
  for (const plane of planes) if (!best || Math.abs(plane.zMm - zMm) < Math.abs(best.zMm - zMm)) best = plane;
  return best;
}

/** The next plane behind a place, or the first when there is none behind. */
export function nextPlaneMm(planes: readonly {readonly zMm: number}[], zMm: number): number {
  const behind = planes.map((plane) => plane.zMm).filter((place) => place > zMm + sameMm / 10);
  return behind.length > 0 ? Math.min(...behind) : Math.min(...planes.map((plane) => plane.zMm));
}
