import {BenchError} from '../../contract/errors.ts';
import {computeDarkLevel} from '../../twin/metrics/index.ts';
import {recordInstrumentCalibrations} from '../campaign/record-instruments.ts';
import {guideReference} from '../plans/guide.ts';
import {resolutionOf} from '../planes/session-planes.ts';
import {criterion, guideLimits, guideNumber} from './guide-criteria.ts';
import {darkReadingsOf, measuringOf, runPlan, type StepContext, type StepOutcome} from './step-context.ts';

const readingCount = 30;
/** What a converter of 16 bits resolves at best: readings that are all alike have no less noise than this. */
const finestRatio = 2 ** -16;

/** Dark level and its noise; the brightest point read `readingCount` times: ratio to the noise, scatter, phase. */
export async function measureReference(context: StepContext): Promise<StepOutcome> {
  const {store, sessionUid, hours} = context;
  const measured = await runPlan(context, () => guideReference({...measuringOf(context), readingCount}));
  const readings = darkReadingsOf(store, measured.dark.runUid);
  const dark = computeDarkLevel(readings);
  const xs = Float64Array.from(measured.readings, ({xV}) => xV - dark.xV);
  const ys = Float64Array.from(measured.readings, ({yV}) => yV - dark.yV);
  const [x, y] = [meanOf(xs), meanOf(ys)];
  const referenceV = Math.hypot(x, y);
  // Readings come in steps of the range; where the noise is smaller, it shows as none at all.
  const stepV = resolutionOf(
    Float64Array.from([...Array.from(readings.xV), ...measured.readings.map(({xV}) => xV)]),
  );
  const noiseV = Math.max(
    dark.readingSigmaV ?? 0,
    stepV / Math.sqrt(12),
    referenceV * finestRatio,
    Number.MIN_VALUE,
  );
  assertLight(referenceV, noiseV);
  recordInstrumentCalibrations(store, sessionUid, hours, Date.now() / 1000);
  // Along the signal's own phase: the scatter of what is used.
  const along = xs.map((value, i) => (value * x + ys[i] * y) / referenceV);
  const scatterV = sigmaOf(along);
  const criteria = [
    criterion(
      'noise without light over the reference',
      noiseV / referenceV,
      'at-most',
      guideLimits.noiseRatio,
    ),
    criterion(
      'dark level over the reference',
      Math.hypot(dark.xV, dark.yV) / referenceV,
      'at-most',
      guideLimits.darkRatio,
    ),
    criterion(
      `scatter of ${readingCount} readings over their mean`,
      scatterV / referenceV,
      'at-most',
      guideLimits.scatterRatio,
    ),
    criterion('Y over X at the reference', Math.abs(y / x), 'at-most', guideLimits.quadratureRatio),
  ];
  return {
    criteria,
    numbers: [
      guideNumber('reference', 'V', {seen: referenceV, seenSigma: scatterV / Math.sqrt(readingCount)}),
      guideNumber('dark level, X', 'V', {expected: 0, seen: dark.xV, seenSigma: dark.meanSigmaV}),
      guideNumber('dark level, Y', 'V', {expected: 0, seen: dark.yV, seenSigma: dark.meanSigmaV}),
      guideNumber('noise of a reading', 'V', {
        expected: guideLimits.noiseRatio.limit * referenceV,
        seen: noiseV,
      }),
      guideNumber('brightest point, x', 'mm', {seen: measured.brightest.xMm}),
      guideNumber('brightest point, y', 'mm', {seen: measured.brightest.yMm}),
    ],
    advice: criteria.flatMap(({isMet}, i) => (isMet ? [] : [adviceOf[i]])),
  };
}

/** Refuses to call noise a reference. */
function assertLight(referenceV: number, noiseV: number): void {
  if (referenceV >= guideLimits.light.limit * noiseV) return;
  throw new BenchError(
    'device/not-valid',
    `There is no light on the detector: the brightest point reads ${(1e6 * referenceV).toPrecision(2)} uV, ${(referenceV / noiseV).toFixed(1)} times the noise without light. ` +
      'Nothing of this step counts. Check that RF comes on, that nothing blocks the beam, that the detector is connected, then repeat.',
    {details: {referenceV, noiseV}},
  );
}

/** In the order of the criteria. */
const adviceOf: readonly string[] = [
  'The noise is large for this light: look for a lower range or a longer time constant at the lock-in, a loose detector cable, a blocked beam.',
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
