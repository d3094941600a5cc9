import {decodeNpy} from '../../base/npy.ts';
import {createRandom} from '../../base/random.ts';
import type {GuideAgreement} from '../../contract/api/align-guide.ts';
import {measureAgreement} from '../../twin/alignment/agreement.ts';
import type {MeasuredPlane} from '../../twin/alignment/measured-plane.ts';
import type {BenchState} from '../../twin/alignment/state.ts';
import {computeRate} from '../../twin/metrics/index.ts';
import {artifactKinds, findRegistration} from '../campaign/campaign-results.ts';
import type {Store} from '../store/open-store.ts';
import {getAlignment, readAlignedPoints} from '../placements/alignment-records.ts';
import {readSessionPlanes} from '../planes/session-planes.ts';

type Interval = GuideAgreement['designed'];

/** How well one measured plane agrees with its prediction. */
export interface PlaneAgreement {
  readonly correlation: number;
  /** Null where the scan does not cover the regions. */
  readonly shareError: number | null;
  readonly isMatch: boolean | null;
}

const drawCount = 2000;

/**
 * 95 % interval of a figure over planes, by drawing planes with replacement (Efron 1979): what other objects would have
 * given. Undefined planes leave it out; one plane alone has no interval.
 */
export function bootstrapInterval(
  values: readonly (number | null)[],
  figure: (drawn: readonly number[]) => number,
): Interval {
  const known = values.filter((value) => value !== null);
  if (known.length < values.length || known.length < 2) return null;
  const random = createRandom(`planes ${known.length}`);
  const draws = Array.from({length: drawCount}, () =>
    figure(known.map(() => known[random.integer(known.length)])),
  ).sort((a, b) => a - b);
  const at = (part: number): number => draws[Math.round(part * (drawCount - 1))];
  return {value: figure(known), low: at(0.025), high: at(0.975)};
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const rootMeanSquare = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => value ** 2)));

const matchInterval = (planes: readonly PlaneAgreement[]): Interval => {
  const known = planes.filter(({isMatch}) => isMatch !== null);
  if (known.length === 0 || known.length < planes.length) return null;
  const {ratio, low, high} = computeRate(known.filter(({isMatch}) => isMatch).length, known.length);
  return {value: ratio ?? 0, low, high};
};

/** The figures of planes with their intervals: correlation, share error, match (Wilson). */
export const intervalsOf = (
  planes: readonly PlaneAgreement[],
): Readonly<Record<'correlation' | 'share error' | 'match', Interval>> => ({
  correlation: bootstrapInterval(
    planes.map(({correlation}) => correlation),
    mean,
  ),
  'share error': bootstrapInterval(
    planes.map(({shareError}) => shareError),
    rootMeanSquare,
  ),
  match: matchInterval(planes),
});

/**
 * How well every plane of an alignment agrees with the simulation with all plates where the design has them, the scan's
 * frame and the light registered (as the campaign has stored it: what a corrected bench is to be), and as aligned.
 */
export async function agreementOfAlignment(
  store: Store,
  alignmentUid: string,
): Promise<{readonly designed: readonly PlaneAgreement[]; readonly aligned: readonly PlaneAgreement[]}> {
  const alignment = getAlignment(store, alignmentUid);
  const {sessionUid, state, planes: kept} = alignment;
  const {planes, design} = await readSessionPlanes(
    store,
    sessionUid,
    kept.map(({runUid}) => runUid),
  );
  const registered = store.listArtifacts(sessionUid, artifactKinds.registered);
  const {dxMm = 0, dyMm = 0, rotationDeg = 0} = findRegistration(store, sessionUid)?.frame ?? {};
  const registeredAt = {frame: {dxMm, dyMm, dzMm: 0, rotationDeg, scale: 1}};
  const {detector} = design.file;
  const agreementOf = (
    plane: MeasuredPlane,
    power: Float64Array,
    frame: Pick<BenchState, 'frame'>,
  ): PlaneAgreement => {
    const {correlation, shareError, matchCount} = measureAgreement(
      [plane],
      [{power, derivatives: []}],
      {...state, ...frame},
      {detector, unexplainedRatio: 0},
    );
    return {correlation, shareError, isMatch: matchCount === null ? null : matchCount === 1};
  };
  const designed = planes.flatMap((plane, i) => {
    const artifact = registered.findLast(({runUid}) => runUid === kept[i].runUid);
    return artifact
      ? [agreementOf(plane, Float64Array.from(decodeNpy(store.readArtifact(artifact.uid)).re), registeredAt)]
      : [];
  });
  const aligned = planes.map((plane, i) =>
    agreementOf(plane, Float64Array.from(readAlignedPoints(store, kept[i].artifactUid).predicted), state),
  );
  return {designed, aligned};
}
