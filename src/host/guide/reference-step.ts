import {countOf} from '../../base/count-text.ts';
import {digitsText, fixedText} from '../../base/number-format.ts';
import type {GuideCriterion, GuideNumber} from '../../contract/api/align-guide.ts';
import {signalUnit, type DetectorColumns} from '../../contract/detector.ts';
import {BenchError} from '../../contract/errors.ts';
import {computeDarkLevel, type DarkLevel} from '../../twin/metrics/index.ts';
import {darkReadingsOf} from '../campaign/campaign-results.ts';
import {recordInstrumentCalibrations} from '../campaign/record-instruments.ts';
import {guideReference} from '../plans/guide.ts';
import {resolutionOf} from '../planes/session-planes.ts';
import {criterion, guideLimits, guideNumber} from './guide-criteria.ts';
import {measuringOf, runPlan, type StepContext, type StepOutcome} from './step-context.ts';

const readingCount = 30;
/** What a converter of 16 bits resolves at best: readings that are all alike have no less noise than this. */
const finestRatio = 2 ** -16;

/**
 * Dark level and its noise; the brightest point read `readingCount` times: ratio to the noise, scatter and, of a complex
 * signal, the phase. Numbers are in the unit of the detector.
 */
export async function measureReference(context: StepContext): Promise<StepOutcome> {
  const {store, sessionUid, hours} = context;
  const measuring = measuringOf(context);
  const {detector} = measuring.roles;
  const measured = await runPlan(context, () => guideReference({...measuring, readingCount}));
  const readings = darkReadingsOf(store, measured.dark.runUid);
  const dark = computeDarkLevel(readings);
  const reals = Float64Array.from(measured.readings, ({real}) => real - dark.real);
  const imaginaries = Float64Array.from(measured.readings, ({imaginary}) => imaginary - dark.imaginary);
  const [real, imaginary] = [meanOf(reals), meanOf(imaginaries)];
  const reference = Math.hypot(real, imaginary);
  const noise = computeReadingNoise({
    dark: readings.real,
    light: Float64Array.from(measured.readings, (one) => one.real),
    darkSigma: dark.readingSigma,
    reference,
  });
  assertLight(reference, noise, signalUnit(detector));
  recordInstrumentCalibrations(store, sessionUid, hours, Date.now() / 1000);
  // Along the signal's own phase: the scatter of what is used.
  const along = reals.map((value, i) => (value * real + imaginaries[i] * imaginary) / reference);
  const scatter = sigmaOf(along);
  const found = {
    dark,
    reference,
    noise,
    scatter,
    quadratureRatio: detector.signal.complex ? Math.abs(imaginary / real) : null,
  };
  const criteria = criteriaFrom(found);
  return {
    criteria,
    numbers: [
      ...numbersFrom(found, detector),
      guideNumber('brightest point, x', 'mm', {seen: measured.brightest.xMm}),
      guideNumber('brightest point, y', 'mm', {seen: measured.brightest.yMm}),
    ],
    advice: criteria.flatMap(({isMet}, i) => (isMet ? [] : [adviceOf[i]])),
  };
}

/**
 * Standard deviation of one reading, in the unit of the readings: that without light, but no less than what rounding
 * leaves. Readings come in steps of the range; where the noise is smaller, it shows as none at all. The step is looked for
 * among readings of the same light only: from dark to light is a step of the signal, however steady both are.
 */
export function computeReadingNoise({
  dark,
  light,
  darkSigma,
  reference,
}: {
  readonly dark: ArrayLike<number>;
  readonly light: ArrayLike<number>;
  readonly darkSigma: number | null;
  readonly reference: number;
}): number {
  const steps = [dark, light].map((readings) => resolutionOf(Float64Array.from(readings)));
  const step = Math.min(...steps.filter((found) => found > 0), Infinity);
  return Math.max(
    darkSigma ?? 0,
    Number.isFinite(step) ? step / Math.sqrt(12) : 0,
    reference * finestRatio,
    Number.MIN_VALUE,
  );
}

interface Found {
  readonly dark: DarkLevel;
  readonly reference: number;
  readonly noise: number;
  readonly scatter: number;
  /** Null for a signal without a phase. */
  readonly quadratureRatio: number | null;
}

function criteriaFrom({dark, reference, noise, scatter, quadratureRatio}: Found): GuideCriterion[] {
  const {noiseRatio, darkRatio, scatterRatio, quadratureRatio: quadratureLimit} = guideLimits;
  return [
    criterion('noise without light over the reference', noise / reference, noiseRatio),
    criterion('dark level over the reference', Math.hypot(dark.real, dark.imaginary) / reference, darkRatio),
    criterion(
      `scatter of ${countOf(readingCount, 'reading')} over their mean`,
      scatter / reference,
      scatterRatio,
    ),
    ...(quadratureRatio === null
      ? []
      : [criterion('Y over X at the reference', quadratureRatio, quadratureLimit)]),
  ];
}

function numbersFrom({dark, reference, noise, scatter}: Found, detector: DetectorColumns): GuideNumber[] {
  const unit = signalUnit(detector);
  const {column, complex} = detector.signal;
  const darkOf = (name: string, seen: number): GuideNumber => {
    const label = detector.columns.find((own) => own.name === name)?.label ?? name;
    return guideNumber(`dark level, ${label}`, unit, {expected: 0, seen, seenSigma: dark.meanSigma});
  };
  return [
    guideNumber('reference', unit, {seen: reference, seenSigma: scatter / Math.sqrt(readingCount)}),
    darkOf(column, dark.real),
    ...(complex ? [darkOf(complex.imaginary, dark.imaginary)] : []),
    guideNumber('noise of a reading', unit, {
      expected: guideLimits.noiseRatio.limit * reference,
      seen: noise,
    }),
  ];
}

/** Refuses to call noise a reference. */
function assertLight(reference: number, noise: number, unit: string): void {
  if (reference >= guideLimits.light.limit * noise) return;
  throw new BenchError(
    'device/not-valid',
    `There is no light on the detector: the brightest point reads ${digitsText(1e6 * reference, 2)} u${unit}, ${fixedText(reference / noise, 1)} times the noise without light. ` +
      'Nothing of this step counts. Check that RF comes on, that nothing blocks the beam, that the detector is connected, then repeat.',
    {details: {reference, noise, unit}},
  );
}

/** In the order of the criteria. */
const adviceOf: readonly string[] = [
  'The noise is large for this light: look for a lower range or a longer time constant at the detector, a loose detector cable, a blocked beam.',
  'Much is read without light: look for pick-up of the chop in the detector cable (turn and move it), for stray light, for the input offset.',
  'The source is not steady: give it half an hour to warm up, look at its bias and at cables that move; then repeat.',
  'The phase does not stand: look whether the lock-in is locked to the chop and whether the phase was turned by hand.',
];

const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function sigmaOf(values: Float64Array): number {
  const mean = meanOf(values);
  const sum = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return Math.sqrt(sum / Math.max(1, values.length - 1));
}
