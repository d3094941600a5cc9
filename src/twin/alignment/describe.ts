import {digitsText, fixedText, percentText} from '../../base/number-format.ts';
import type {AlignedParameter, AlignmentResult, OrientationFinding} from '../../contract/alignment.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import {plateOpticsText, type PlateOptics} from '../../contract/plate-optics.ts';
import {measureAgreement} from './agreement.ts';
import type {OpticsFinding} from './align-task.ts';
import type {Arrangement} from './arrangement.ts';
import {isAsDesigned} from './arrangement.ts';
import type {BadLines} from './bad-lines.ts';
import {findDegeneracies} from './degeneracy.ts';
import type {ErrorBars} from './error-bars.ts';
import {explainedBelowRatio} from './explained.ts';
import type {SearchFindings} from './find-fit.ts';
import type {PlaneValues} from './evaluate-plane.ts';
import type {MeasuredPlane} from './measured-plane.ts';
import {readParameter, type Parameter} from './parameters.ts';
import {placementFrom} from './placement.ts';
import type {AlignmentProblem} from './problem.ts';
import type {StageResult} from './solve.ts';
import {illuminationFrom, type BenchState} from './state.ts';
import {computePearson} from '../metrics/index.ts';

/** What an alignment found, and what it is described by. */
export interface AlignmentFindings {
  readonly design: Pick<DesignFile, 'contentHash' | 'detector' | 'layers'>;
  readonly planes: readonly MeasuredPlane[];
  readonly problem: AlignmentProblem;
  readonly fit: StageResult;
  readonly errorBars: ErrorBars;
  readonly arrangement: Arrangement;
  readonly findings: readonly OrientationFinding[];
  readonly plateOptics: PlateOptics;
  readonly opticsFindings: readonly OpticsFinding[];
  /** Tilts were not asked for and are free, since the planes show them. */
  readonly areTiltsShown: boolean;
  readonly search: SearchFindings;
  /** What is said of the planes themselves, where they are doubted. */
  readonly dataDoubts: readonly string[];
  readonly before: {readonly values: readonly PlaneValues[]; readonly unexplainedRatio: number};
  readonly bad: readonly BadLines[];
  readonly seconds: number;
}

/** Above this, and with less correlation than that, nothing of the planes is explained: a wrong minimum. */
const failedUnexplainedRatio = 0.45;
const failedCorrelation = 0.85;
/** Height errors above this are no print of this kind: something else is missing from the model. */
const largeHeightMm = 0.06;
/** Part of the points that may be left out before the rest is doubted. */
export const mostExcluded = 0.03;
/** A prior that is missed by so many of its standard deviations was not meant. */
const farFromPrior = 4;

/** The plain result of a fit, with the verdict on it. */
export function describeAlignment(found: AlignmentFindings): AlignmentResult {
  const {design, planes, problem, fit, errorBars, arrangement, bad, before} = found;
  const {parameters, start} = problem;
  const {state} = fit;
  const unexplainedRatio = fit.weighting.modelErrorRatio;
  const {detector} = design;
  const aligned = parameters.map((parameter, i) =>
    describeParameter(parameter, state, errorBars.covariance?.[i * parameters.length + i]),
  );
  const after = measureAgreement(planes, fit.values, state, {detector, unexplainedRatio});
  const hasFailed = unexplainedRatio > failedUnexplainedRatio && after.correlation < failedCorrelation;
  const reasons = findReasons(found, aligned, hasFailed);
  return {
    format: 'd2nn-bench/alignment',
    version: 1,
    designHash: design.contentHash,
    origin: 'object',
    parameters: aligned,
    degeneracies: findDegeneracies(fit.normal, parameters),
    orientation: [...found.findings],
    before: measureAgreement(planes, before.values, start, {
      detector,
      unexplainedRatio: before.unexplainedRatio,
    }),
    after,
    planes: planes.map((plane, i) => ({
      label: plane.label,
      pointCount: plane.values.length,
      excludedCount: bad[i].points.length,
      gain: fit.gains[i],
      background: fit.backgrounds[i],
      correlationBefore: computePearson(plane.values, before.values[i].power) ?? 0,
      correlationAfter: computePearson(plane.values, fit.values[i].power) ?? 0,
    })),
    verdict: hasFailed ? 'failed' : reasons.length > 0 ? 'doubtful' : 'trusted',
    reasons,
    notes: [
      ...opticsNotes(found),
      ...(found.areTiltsShown ? [tiltsNote] : []),
      ...bad.flatMap(({texts}) => texts),
    ],
    plateOptics: found.plateOptics,
    placement: placementFrom(state, arrangement),
    illumination: illuminationFrom(state.beam),
    refractiveIndex: state.plates[0].refractiveIndex,
    heightErrorMm: errorBars.heightErrorMm,
    seconds: found.seconds,
  };
}

const tiltsNote =
  'The plates lean: their tilts are found too, since upright plates explain the planes worse than chance allows.';

/** How the plates are taken where that is not as thin, and why where more than one model was tried. */
function opticsNotes({
  plateOptics,
  opticsFindings,
}: Pick<AlignmentFindings, 'plateOptics' | 'opticsFindings'>): string[] {
  if (opticsFindings.length < 2)
    return plateOptics.kind === 'thin' ? [] : [`The plates are taken as ${plateOpticsText(plateOptics)}.`];
  const left = opticsFindings.map(
    ({plateOptics: own, unexplainedRatio}) =>
      `${plateOpticsText(own)} ${unexplainedRatio < 1 ? percentText(unexplainedRatio) : 'all'}`,
  );
  return [
    `The plates are taken as ${plateOpticsText(plateOptics)}: of the light that is expected with everything about ` +
      `where the design has it, ${left.join(', ')} was left unexplained.`,
  ];
}

function describeParameter(
  parameter: Parameter,
  state: BenchState,
  variance: number | undefined,
): AlignedParameter {
  const sigma =
    variance !== undefined && variance > 0 && Number.isFinite(variance) ? Math.sqrt(variance) : null;
  const {name, unit, scale, priorSigma} = parameter;
  return {
    name,
    value: readParameter(state, parameter),
    sigma,
    unit,
    identifiable:
      sigma !== null && sigma < 10 * scale && (priorSigma === undefined || sigma < 0.7 * priorSigma),
  };
}

/** Why a search ended without a bench, and what that says. */
function searchReasons({nearestRatio, isAtLimit, searchedPlanes}: SearchFindings): string[] {
  if (nearestRatio !== undefined)
    return [
      `Plates were looked for up to 2 mm and 3 degrees off; the bench that came nearest still differs from these planes by ` +
        `${percentText(nearestRatio)} of what the design as it is does, as planes of another design do. Check that design, ` +
        'plates and planes belong together, that each plane has its own mask, and that rows and columns are not exchanged.',
    ];
  return isAtLimit
    ? [
        `The search was ended after ${searchedPlanes} computed planes, its limit. Where plates may be further off than 2 mm ` +
          'or 3 degrees, put them in one at a time (align guide).',
      ]
    : [];
}

function findReasons(
  found: AlignmentFindings,
  aligned: readonly AlignedParameter[],
  hasFailed: boolean,
): string[] {
  const {fit, arrangement, bad, errorBars, problem, findings, planes} = found;
  const reasons: string[] = [];
  if (hasFailed)
    reasons.push(
      'No placement explains these planes: what is measured looks unlike every prediction that was tried. Check the ' +
        'design, the masks, which plates stand where, and whether the scan covers the light.',
      // Where the planes themselves are at fault, nothing is said of the design.
      ...(found.dataDoubts.length > 0 ? [] : searchReasons(found.search)),
    );
  else if (fit.weighting.modelErrorRatio > explainedBelowRatio)
    reasons.push(
      `${percentText(fit.weighting.modelErrorRatio)} of the light is not explained by the model; ` +
        'a plate or mask may be another one, or the prints differ from their heights.',
    );
  if (!hasFailed && !fit.isConverged)
    reasons.push('The fit came to no end: the last steps still changed the result.');
  if (!isAsDesigned(arrangement)) {
    const text = findings.find(({isChosen}) => isChosen)?.text ?? '';
    reasons.push(`According to the planes ${text}. Correct that and measure again.`);
  }
  if (!hasFailed && errorBars.heightErrorMm !== null && errorBars.heightErrorMm > largeHeightMm)
    reasons.push(
      `What is left would need height errors of ${fixedText(errorBars.heightErrorMm, 3)} mm in every pixel: ` +
        'these prints are rougher than that, or something else is missing from the model.',
    );
  reasons.push(...found.dataDoubts);
  const excluded = bad.reduce((sum, {points}) => sum + points.length, 0);
  const total = planes.reduce((sum, {values}) => sum + values.length, 0);
  if (excluded > mostExcluded * total)
    reasons.push(
      `${excluded} of ${total} points disagreed with all others and were left out; see the notes.`,
    );
  problem.parameters.forEach(({name, priorSigma, priorMean = 0, unit}, i) => {
    if (priorSigma === undefined) return;
    const away = Math.abs(aligned[i].value - priorMean);
    if (away > farFromPrior * priorSigma)
      reasons.push(
        `${name} came out ${digitsText(away, 2)}${unit === '1' ? '' : ` ${unit}`} from what was expected.`,
      );
  });
  return reasons;
}
