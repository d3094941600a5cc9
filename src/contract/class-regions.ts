import type {ReadDetector} from './design-file.ts';
import {createDigitRegions} from './digit-regions.ts';

/** What decides where the regions of a design's classes lie. */
export interface ClassRegionsRequest {
  /** Side of the output plane, mm. */
  readonly sideMm: number;
  readonly regionMm: number;
  readonly classCount: number;
  /**
   * `spectral`: one region a class, whose share at the first frequency stands against that at the second. `dense`: as many
   * regions a class as `readOut` says, read by what is trained with the plates.
   */
  readonly detection: 'single' | 'differential' | 'spectral' | 'dense';
  readonly readOut?: {readonly regionsPerClass: 1 | 2};
}

/** How many regions a class has. */
export const regionsPerClassOf = ({
  detection,
  readOut,
}: Pick<ClassRegionsRequest, 'detection' | 'readOut'>): 1 | 2 =>
  detection === 'dense' ? (readOut?.regionsPerClass ?? 2) : detection === 'differential' ? 2 : 1;

/**
 * Square regions for classes 0, 1, ... and how they are read. Ten classes of one region each lie as in Lin et al. 2018;
 * any other number lies on a lattice over the plane, row by row from the top left as seen from the detector, the two
 * regions of a class side by side where it has two. A dense read-out is not part of what is returned: it is trained.
 */
export function createClassRegions({
  sideMm,
  regionMm,
  classCount,
  detection,
  readOut,
}: ClassRegionsRequest): ReadDetector {
  const labels = Array.from({length: classCount}, (_, k) => String(k));
  if (regionsPerClassOf({detection, ...(readOut && {readOut})}) === 1) {
    const regions =
      classCount === 10 ? createDigitRegions(sideMm, regionMm) : lattice(labels, sideMm, regionMm);
    if (detection !== 'spectral') return {regions};
    const classes = labels.map((label, k) => ({label, positive: k, negative: classCount + k}));
    return {regions, readOut: {kind: 'differential', classes}};
  }
  const names = labels.flatMap((label) => [`${label}+`, `${label}-`]);
  const regions = lattice(names, sideMm, regionMm);
  if (detection === 'dense') return {regions};
  return {
    regions,
    readOut: {
      kind: 'differential',
      classes: labels.map((label, k) => ({label, positive: 2 * k, negative: 2 * k + 1})),
    },
  };
}

function lattice(labels: readonly string[], sideMm: number, regionMm: number): ReadDetector['regions'] {
  const rowCount = Math.max(1, Math.floor(Math.sqrt(labels.length)));
  const columnCount = Math.ceil(labels.length / rowCount);
  return labels.map((label, i) => ({
    label,
    centerXMm: nanometres(((0.5 + (i % columnCount)) / columnCount - 0.5) * sideMm),
    centerYMm: nanometres((0.5 - (0.5 + Math.floor(i / columnCount)) / rowCount) * sideMm),
    widthMm: regionMm,
    heightMm: regionMm,
  }));
}

const nanometres = (mm: number): number => Number(mm.toFixed(6));
