import {median} from '../../base/median.ts';
import {BenchError} from '../../contract/errors.ts';
import type {Illumination, Probe} from '../../contract/illumination.ts';
import type {ProbePlan} from '../../contract/probe-plan.ts';
import type {Design} from '../../twin/design/load.ts';
import type {MeasuredPlane} from '../../twin/alignment/measured-plane.ts';
import {digitOfRun} from '../campaign/campaign-results.ts';
import {digitIdOf} from '../campaign/digits.ts';
import type {Store} from '../store/open-store.ts';
import {getAlignment, type StoredAlignment} from '../placements/alignment-records.ts';
import {probeDigitsFrom} from './probe-digits.ts';
import type {Expectation} from './probe-information.ts';
import {defaultUnexplainedRatio, defaultNoise} from './probe-order.ts';
import {planProbes, type ProbePlanHooks, type ProbePlanRequest} from './probe-plan.ts';
import {fewestSearchPoints, type ProbeWish} from './probe-recommendation.ts';
import type {PlannedScan} from './probe-scans.ts';
import {readSessionPlanes} from '../planes/session-planes.ts';

/** What a person may choose of a probe plan. */
export interface ProbeChoices {
  /** Classes or ids; one digit of each class without any. */
  readonly digits?: readonly string[] | undefined;
  readonly objectCount: number;
  readonly wish?: ProbeWish | undefined;
  /** Part of the field that the model will lack; what the alignment found, or the default part, without it. */
  readonly unexplainedRatio?: number | undefined;
  readonly free?: readonly string[] | undefined;
}

export interface NextProbeChoices extends ProbeChoices {
  /** The scans that may be measured of a design. */
  readonly scansOf: (design: Design) => readonly PlannedScan[];
}

/** What is known of a bench before anything is measured on it. */
export interface UnmeasuredBench {
  readonly design: Design;
  readonly illumination: Illumination;
  readonly probe: Probe;
  readonly scans: readonly PlannedScan[];
}

/** Plans the first measurement of a design on a bench of which nothing is known. */
export async function planFirstProbes(
  {design, illumination, probe, scans}: UnmeasuredBench,
  choices: ProbeChoices,
  hooks: ProbePlanHooks,
): Promise<ProbePlan> {
  return await planProbes(
    {
      design,
      illumination,
      probe,
      free: choices.free,
      candidates: probeDigitsFrom(choices.digits ?? [], design.file),
      measured: [],
      expected: {...defaultNoise, unexplainedRatio: choices.unexplainedRatio ?? defaultUnexplainedRatio},
      objectCount: choices.objectCount,
      scans,
      wish: {...choices.wish, searchPointCount: fewestSearchPoints},
    },
    hooks,
  );
}

/** Plans what to measure after an alignment: what the next planes add to those that it was made of. */
export async function planNextProbes(
  store: Store,
  alignment: StoredAlignment,
  choices: NextProbeChoices,
  hooks: ProbePlanHooks,
): Promise<ProbePlan> {
  const session = await readSessionPlanes(
    store,
    alignment.sessionUid,
    alignment.planes.map(({runUid}) => runUid),
  );
  const {design, runs, planes} = session;
  const measuredIds = new Set(
    runs.flatMap((run) => {
      const digit = digitOfRun(store, run);
      return digit ? [digitIdOf(digit)] : [];
    }),
  );
  // The same object again would repeat the model's errors and tell little.
  const candidates = probeDigitsFrom(choices.digits ?? [], design.file).filter(
    (digit) => !measuredIds.has(digitIdOf(digit)),
  );
  if (candidates.length === 0)
    throw new BenchError(
      'plan/invalid',
      'Every digit that was named is among the planes of this alignment. Nothing was computed; name others.',
    );
  const {result} = alignment;
  const request: ProbePlanRequest = {
    design,
    illumination: session.illumination,
    probe: session.probe,
    found: {...alignment, plateOptics: result.plateOptics},
    free: choices.free ?? result.parameters.map(({name}) => name),
    candidates,
    measured: planes,
    expected: {
      ...noiseOf(planes),
      unexplainedRatio: choices.unexplainedRatio ?? result.after.unexplainedRatio,
    },
    heightErrorMm: choices.unexplainedRatio === undefined ? (result.heightErrorMm ?? undefined) : undefined,
    objectCount: choices.objectCount,
    scans: choices.scansOf(design),
    wish: choices.wish ?? {},
  };
  return await planProbes(request, hooks);
}

/** An alignment by the beginning of its uid. Throws what `findUid` throws, and `store/damaged` for one that cannot be used. */
export const findAlignment = (store: Store, start: string): StoredAlignment =>
  getAlignment(store, store.findUid('alignment', start));

/** Noise of readings as the measured planes have it, as a part of each plane's largest value. */
function noiseOf(planes: readonly MeasuredPlane[]): Omit<Expectation, 'unexplainedRatio'> {
  const ratios = planes.map(({values, sigma}) => {
    const largest = values.reduce((most, value) => Math.max(most, value), 0);
    return median(sigma) / largest;
  });
  return {additiveRatio: median(ratios), multiplicativeRatio: 0};
}
