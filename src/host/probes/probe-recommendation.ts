import {micrometreText} from '../../base/number-format.ts';
import {countOf, pluralOf} from '../../base/count-text.ts';
import type {ProbePlan, ProbeScan} from '../../contract/probe-plan.ts';
import type {GridPlan} from './probe-scans.ts';

/** What a person wants of the next measurement; with nothing, the bench's own scan and all objects. */
export interface ProbeWish {
  /** Standard deviation of the worst plate sideways, mm. */
  readonly targetMm?: number | undefined;
  /** Most points altogether. */
  readonly pointCount?: number | undefined;
  /** Fewest points altogether with which the search finds its way; see `fewestSearchPoints`. */
  readonly searchPointCount?: number | undefined;
}

/**
 * With fewer points than these, nothing being known before, the search lost its way on some virtual benches, however
 * well the points would have determined the rest (figures in docs/alignment.md).
 */
export const fewestSearchPoints = 3000;

interface Option {
  readonly scanIndex: number;
  readonly objectCount: number;
  readonly points: number;
  readonly seconds: number | null;
  readonly lateralMm: number;
}

/**
 * What to measure: for a wanted standard deviation the scan and number of objects that take the least time (the fewest
 * points where no time is known); for a number of points what tells most with no more than that.
 */
export function recommend(
  scans: readonly ProbeScan[],
  objects: ProbePlan['objects'],
  {targetMm, pointCount, searchPointCount = 0}: ProbeWish,
  objectCount: number,
): Pick<ProbePlan, 'choice' | 'text'> {
  const all = scans.flatMap(({after, pointCount: own}, scanIndex) =>
    after.map(({objectCount: count, sigma, seconds}): Option => ({
      scanIndex,
      objectCount: count,
      points: count * own,
      seconds,
      lateralMm: sigma.lateralMm ?? Infinity,
    })),
  );
  const fits = all.filter(
    ({points, lateralMm}) =>
      points >= searchPointCount && points <= (pointCount ?? Infinity) && lateralMm <= (targetMm ?? Infinity),
  );
  const wished = wishText(targetMm, pointCount);
  if (fits.length === 0) {
    const best = all.reduce((a, b) => (b.lateralMm < a.lateralMm ? b : a));
    return {
      choice: null,
      text: `No scan of up to ${countOf(objectCount, 'object')} gives ${wished}: the best, ${countOf(best.points, 'point')}, gives ${umText(best.lateralMm)}.${searchPointCount > 0 ? ` With fewer than ${countOf(searchPointCount, 'point')} the search for the place may lose its way.` : ''} Allow more objects or points.`,
    };
  }
  const cost = ({seconds, points}: Option): number => seconds ?? points;
  const chosen =
    targetMm !== undefined
      ? fits.reduce((a, b) => (cost(b) < cost(a) ? b : a))
      : pointCount !== undefined
        ? fits.reduce((a, b) => (b.lateralMm < a.lateralMm ? b : a))
        : (fits.find((own) => own.scanIndex === 0 && own.objectCount === objectCount) ?? fits[0]);
  const {scanIndex, objectCount: count, points, lateralMm, seconds} = chosen;
  const names = objects.slice(0, count).map(({label}) => label);
  const {widthMm, heightMm, stepMm} = scans[scanIndex].plan as GridPlan; // only grids are planned
  const time = seconds === null ? '' : `, about ${timeText(seconds)} with everything around it`;
  return {
    choice: {scanIndex, objectCount: count},
    text:
      `Measure the ${pluralOf(count, 'digit')} ${names.join(', ')} over ${widthMm} x ${heightMm} mm at ${stepMm} mm: ` +
      `${countOf(points, 'point')}${time}. The worst plate will be known to ${umText(lateralMm)} sideways (1 sigma).`,
  };
}

function wishText(targetMm: number | undefined, pointCount: number | undefined): string {
  const parts = [
    ...(targetMm === undefined ? [] : [umText(targetMm)]),
    ...(pointCount === undefined ? [] : [`anything with ${countOf(pointCount, 'point')}`]),
  ];
  return parts.length === 0 ? 'anything' : parts.join(' and ');
}

const umText = (mm: number): string => (Number.isFinite(mm) ? micrometreText(mm) : 'nothing at all');

function timeText(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return minutes < 60
    ? `${Math.max(1, minutes)} min`
    : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
