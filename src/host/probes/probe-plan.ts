import {fixedText, percentText} from '../../base/number-format.ts';
import {countOf} from '../../base/count-text.ts';
import type {PredictedSigmaData, ProbePlan, ProbeScan} from '../../contract/probe-plan.ts';
import {BenchError} from '../../contract/errors.ts';
import type {MeasuredPlane} from '../../twin/alignment/measured-plane.ts';
import {heightVarianceOf, type PlaneInformation} from '../../twin/alignment/plane-information.ts';
import {chooseObjects, predictSigma, type PredictedSigma} from '../../twin/alignment/probe-choice.ts';
import {digitIdOf, type TestDigit} from '../campaign/digits.ts';
import {createInformationSource, type Expectation, type ProbeBench} from './probe-information.ts';
import {placesOf, type PlannedScan} from './probe-scans.ts';
import {recommend, type ProbeWish} from './probe-recommendation.ts';

export interface ProbePlanRequest extends ProbeBench {
  readonly candidates: readonly TestDigit[];
  /** Planes that were measured already, which the next ones add to. */
  readonly measured: readonly MeasuredPlane[];
  readonly expected: Expectation;
  /** What an alignment found as the error of the heights, mm RMS; found from `expected.unexplainedRatio` without it. */
  readonly heightErrorMm?: number | undefined;
  /** Most objects that may be measured. */
  readonly objectCount: number;
  /** The bench's own scan first: objects are ordered by it. */
  readonly scans: readonly PlannedScan[];
  readonly wish: ProbeWish;
}

export interface ProbePlanHooks {
  readonly signal?: AbortSignal | undefined;
  readonly workerCount?: number | undefined;
  readonly onProgress?: ((doneRatio: number, text: string) => void) | undefined;
}

/**
 * Which objects to measure next and with which scan: standard deviations that each choice will leave, with what the
 * model lacks counted as in the error bars of an alignment. Takes about a second for a plane on two cores.
 */
export async function planProbes(request: ProbePlanRequest, hooks: ProbePlanHooks = {}): Promise<ProbePlan> {
  const {candidates, measured, expected, scans, objectCount, design} = request;
  const count = Math.min(objectCount, candidates.length);
  if (count === 0 || scans.length === 0)
    throw new BenchError(
      'plan/invalid',
      'There is nothing to choose among: at least one object and one scan that the stage may drive are needed. Nothing was computed.',
    );
  await using source = createInformationSource(
    request,
    {objects: candidates.map(({object}) => object), scans: scans.map(({plan}) => placesOf(plan)), measured},
    {...hooks, onPlane: planeCounter(request, count, hooks)},
  );
  const {parameters} = source;
  const known = await source.ofMeasured(expected.unexplainedRatio);
  const own = (await source.ofObjects([...candidates.keys()], [0], expected)).map(([first]) => first);
  const heightVarianceMm2 =
    expected.unexplainedRatio === 0 ? 0 : (request.heightErrorMm ?? Math.sqrt(heightVarianceOf(own))) ** 2;
  const {order, sigmas} = chooseObjects(own, parameters, {count, known, heightVarianceMm2});
  const others = await source.ofObjects(order, [...scans.keys()].slice(1), expected);
  const table = scans.map((scan, s): ProbeScan => {
    const planes = order.map((object, i): PlaneInformation => (s === 0 ? own[object] : others[i][s - 1]));
    return {
      plan: scan.plan,
      pointCount: scan.pointCount,
      after: planes.map((_, i) => ({
        objectCount: i + 1,
        sigma: plainSigma(predictSigma([...known, ...planes.slice(0, i + 1)], parameters, heightVarianceMm2)),
        seconds: scan.secondsFor?.(i + 1) ?? null,
      })),
    };
  });
  const objects = order.map((object, i) => {
    const digit = candidates[object];
    const {label, sample} = digit;
    return {id: digitIdOf(digit), label, sample, sigma: plainSigma(sigmas[i + 1])};
  });
  return {
    format: 'd2nn-bench/probe-plan',
    version: 1,
    designHash: design.file.contentHash,
    designName: design.file.name,
    unexplainedRatio: expected.unexplainedRatio,
    heightErrorMm: Math.sqrt(heightVarianceMm2),
    additiveRatio: expected.additiveRatio,
    multiplicativeRatio: expected.multiplicativeRatio,
    basis: basisOf(expected, Math.sqrt(heightVarianceMm2), measured.length),
    measured: measured.length === 0 ? null : {planeCount: measured.length, sigma: plainSigma(sigmas[0])},
    objects,
    scans: table,
    ...recommend(table, objects, request.wish, count),
  };
}

/** Says how far the computation is, each time that it is called for a plane. */
function planeCounter(
  {candidates, measured, scans}: ProbePlanRequest,
  objectCount: number,
  {onProgress}: ProbePlanHooks,
): () => void {
  const firstCount = candidates.length + measured.length;
  const total = firstCount + objectCount * (scans.length - 1);
  let done = 0;
  return () => {
    done++;
    onProgress?.(
      done / total,
      done <= firstCount
        ? `what each of ${countOf(candidates.length, 'object')} tells`
        : `what each of ${countOf(scans.length, 'scan')} tells`,
    );
  };
}

function basisOf({unexplainedRatio}: Expectation, heightErrorMm: number, measuredCount: number): string {
  const start =
    measuredCount === 0
      ? 'Nothing is measured yet; every plate where the design has it.'
      : `Added to ${countOf(measuredCount, 'measured plane')}, every plate where they were found.`;
  return unexplainedRatio === 0
    ? `${start} Only the noise of the readings is counted: a real bench, whose prints differ from the model, will do worse by far.`
    : `${start} The model is taken to lack ${percentText(unexplainedRatio, 1)} of the light, as heights wrong by ${fixedText(1000 * heightErrorMm, 0)} µm in every pixel, the same behind all objects; noise of the readings on top.`;
}

const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Numbers that are not determined (NaN) become null, as JSON has no NaN. */
export const plainSigma = ({lateralMm, rotationDeg, axialMm}: PredictedSigma): PredictedSigmaData => ({
  lateralMm: finiteOrNull(lateralMm),
  rotationDeg: finiteOrNull(rotationDeg),
  axialMm: finiteOrNull(axialMm),
});
