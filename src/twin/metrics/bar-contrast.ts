import type {Grid, RealPlane} from '../../contract/optics.ts';
import {positionMm} from '../../contract/optics.ts';
import {resolvedContrast, type BarContrast} from '../../contract/imaging.ts';

/** Bars of one width in a target: equal bars with gaps as wide as they are; lengths in mm at the object. */
export interface BarPatch {
  readonly lineMm: number;
  readonly barCount: number;
  /** Along which axis bar follows gap. */
  readonly across: 'x' | 'y';
  /** Edge of the first bar along that axis, and the ends of the bars along the other one. */
  readonly startMm: number;
  readonly lowMm: number;
  readonly highMm: number;
}

/** A target of bars: amplitudes 0 and 1, row by row, and where its bars are. */
export interface BarTarget {
  readonly plane: RealPlane;
  readonly patches: readonly BarPatch[];
}

/** Widths of the bars, in wavelengths; each is rounded to whole samples. */
const lineWavelengths = [4.8, 4, 3.2, 2.8, 2.4, 2, 1.6, 1.2, 0.8];
/** Patches along a side, and the part of a patch that its bars fill. */
const [patchesAlong, filledRatio] = [3, 0.85];

/**
 * A target with bars of several widths in a square of `sideMm`, widest first from the smallest x and y; what does not have
 * two bars in its patch is left out.
 */
export function createBarTarget(
  grid: Grid,
  sideMm: number,
  {wavelengthMm, across}: {readonly wavelengthMm: number; readonly across: BarPatch['across']},
): BarTarget {
  const widths = [
    ...new Set(lineWavelengths.map((n) => Math.max(1, Math.round((n * wavelengthMm) / grid.pitchMm)))),
  ];
  const values = new Float64Array(grid.count ** 2);
  // 9.6 / 3 / 0.4 is 7.999...
  const patchCount = Math.floor(sideMm / patchesAlong / grid.pitchMm + 1e-9);
  const first = Math.floor((grid.count - patchesAlong * patchCount) / 2);
  const long = Math.floor(filledRatio * patchCount);
  const edgeMm = (sample: number): number => positionMm(grid, sample) - grid.pitchMm / 2;
  const patches = widths.flatMap((width, i): BarPatch[] => {
    const barCount = Math.floor((long / width + 1) / 2);
    if (barCount < 2) return [];
    const [column, row] = [i % patchesAlong, Math.floor(i / patchesAlong)].map((n) => first + n * patchCount);
    const [start, low] = across === 'x' ? [column, row] : [row, column];
    for (let u = 0; u < (2 * barCount - 1) * width; u++)
      if (Math.floor(u / width) % 2 === 0)
        for (let v = low; v < low + long; v++)
          values[across === 'x' ? v * grid.count + start + u : (start + u) * grid.count + v] = 1;
    return [
      {
        lineMm: nanometres(width * grid.pitchMm),
        barCount,
        across,
        startMm: edgeMm(start),
        lowMm: edgeMm(low),
        highMm: edgeMm(low + long),
      },
    ];
  });
  return {plane: {grid, values}, patches};
}

/** 3 * 1.2 mm is 3.6 mm and not 3.5999999999999996. */
const nanometres = (mm: number): number => Number(mm.toFixed(6));

/** Powers read at points, mm at the object: where the point's own place in the image comes from. */
export interface PicturePoints {
  readonly xMm: ArrayLike<number>;
  readonly yMm: ArrayLike<number>;
  readonly powers: ArrayLike<number>;
}

/** Part of the bars' length, at either end, that is left out. */
const endRatio = 0.1;

/**
 * Contrast (B - G) / (B + G) of the bars of a patch, 1 for bars with nothing between them, 0 where nothing is told apart,
 * negative where bars are dark. B is the mean over the points on bars, G over those in the gaps between them, each point
 * weighted by |cos(pi (u - w / 2) / w)| of its place u from the edge of the first bar of width w: the middle of bar or gap
 * counts fully and its edge not at all, wherever a coarse scan has its points. Null without points of both kinds.
 */
export function barContrast(patch: BarPatch, {xMm, yMm, powers}: PicturePoints): number | null {
  const {lineMm, barCount, across, startMm, lowMm, highMm} = patch;
  const end = endRatio * (highMm - lowMm);
  let [bars, barWeight, gaps, gapWeight] = [0, 0, 0, 0];
  for (let i = 0; i < powers.length; i++) {
    const [u, v] = across === 'x' ? [xMm[i] - startMm, yMm[i]] : [yMm[i] - startMm, xMm[i]];
    if (u < 0 || u > (2 * barCount - 1) * lineMm || v < lowMm + end || v > highMm - end) continue;
    const weight = Math.cos((Math.PI * (u - lineMm / 2)) / lineMm);
    if (weight > 0) {
      bars += weight * powers[i];
      barWeight += weight;
    } else {
      gaps -= weight * powers[i];
      gapWeight -= weight;
    }
  }
  // Only points on the very edges, and no others, have no weight.
  if (!(barWeight > 1e-9) || !(gapWeight > 1e-9)) return null;
  const [bright, dark] = [bars / barWeight, gaps / gapWeight];
  return bright + dark > 0 ? (bright - dark) / (bright + dark) : null;
}

/** The smallest width that is resolved with all wider ones; null where the widest is not. */
export function smallestLineMm(bars: readonly BarContrast[]): number | null {
  let smallest: number | null = null;
  for (const {lineMm, contrast} of [...bars].sort((a, b) => b.lineMm - a.lineMm)) {
    if (contrast < resolvedContrast) break;
    smallest = lineMm;
  }
  return smallest;
}
