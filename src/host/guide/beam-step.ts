import {median} from '../../base/median.ts';
import type {GuideCriterion, GuideNumber} from '../../contract/api/align-guide.ts';
import {BenchError} from '../../contract/errors.ts';
import {sFromH, wavelengthMmFromHz} from '../../contract/units.ts';
import {
  beamPowers,
  fitBeamProfile,
  propagateBeam,
  updateBeamShape,
  type BeamProfile,
  type BeamShape,
  type KnownShape,
} from '../../twin/alignment/beam-profile.ts';
import {defaultParameters, designedState} from '../../twin/alignment/defaults.ts';
import type {MeasuredPlane} from '../../twin/alignment/measured-plane.ts';
import type {BenchState} from '../../twin/alignment/state.ts';
import {modelFrom} from '../../twin/design/load.ts';
import {calibrationKinds} from '../calibrations/calibration-kinds.ts';
import {guidePlanes} from '../plans/guide.ts';
import {criterion, guideLimits, guideNumber, mostAtTop} from './guide-criteria.ts';
import type {GuideFinding} from './guide-records.ts';
import {
  measuringOf,
  readGuidePlane,
  runPlan,
  scanSideMm,
  storeGuidePlane,
  type StepContext,
  type StepOutcome,
} from './step-context.ts';

/**
 * Where the stage's zero lies against the object is known to about this before the scan's frame was found, mm; a tilt of
 * the light of a fifth of a degree moves its centre by 0.6 mm on the way. Together they are what the centre is known to.
 */
const frameSigmaMm = 1;
const tiltSigmaDeg = 0.2;
/** Rings of the frame's edge and standing waves shift the radius of a fit by up to a hundredth. */
const radiusErrorRatio = 0.01;

/** Scan of the empty bench, a Gaussian beam fitted to it, and what follows for the light at the object. */
export async function measureBeam(context: StepContext): Promise<StepOutcome> {
  const {store, sessionUid, hours} = context;
  const {runUid, plane} = await scanEmptyBench(context);
  assertBeam(plane);
  const profile = fitBeamProfile(plane);
  const known = knownLight(context);
  const found = lightFrom(profile, known, travelOf(context));
  const criteria = criteriaOf(profile, known, found);
  if (criteria.every(({isMet}) => isMet)) {
    const {distanceMm, atObject} = found;
    store.addCalibration({
      kind: calibrationKinds.beamProfile,
      sessionUid,
      runUid,
      validUntilS: Date.now() / 1000 + sFromH(hours.outputFrame),
      value: {...profile, distanceMm, atObject},
    });
  }
  const expectedBeam = {...known.start.beam, radiusMm: found.expected.radiusMm, peak: profile.peak};
  return {
    criteria,
    numbers: numbersOf(profile, known, found),
    advice: adviceFor(criteria.map(({isMet}) => isMet)),
    planes: [
      storeGuidePlane(
        store,
        {sessionUid, runUid, label: plane.label},
        {
          expected: beamPowers(expectedBeam, plane.xMm, plane.yMm),
          seen: plane.values,
          found: beamPowers(profile, plane.xMm, plane.yMm),
        },
      ),
    ],
    finding: findingOf(profile, known, found),
  };
}

/** One scan without plates and mask, in lines through the centre. */
async function scanEmptyBench(context: StepContext): Promise<{runUid: string; plane: MeasuredPlane}> {
  const {store, sessionUid, design, details} = context;
  const {beamStepMm} = details.options;
  const sideMm = scanSideMm(design, beamStepMm);
  const measured = await runPlan(context, () =>
    guidePlanes({
      ...measuringOf(context),
      wanted: {plates: [], plateCount: details.plateCount},
      objects: [null],
      grid: {
        centerMm: {xMm: 0, yMm: 0},
        widthMm: sideMm,
        heightMm: sideMm,
        stepMm: beamStepMm,
        order: 'snake',
      },
      referenceEvery: 200,
    }),
  );
  const [{runUid}] = measured.planes;
  const plane = readGuidePlane(store, sessionUid, {
    runUid,
    darkRunUid: measured.dark.runUid,
    present: Array.from({length: details.plateCount}, () => false),
  });
  return {runUid, plane};
}

/** The way of the light from the object to the detector, through nothing. */
interface Travel {
  readonly distanceMm: number;
  readonly wavelengthMm: number;
}

const travelOf = ({design: {file}}: StepContext): Travel => ({
  distanceMm: file.detector.zMm,
  wavelengthMm: wavelengthMmFromHz(file.frequencyHz),
});

/** What is known of the light before this step, as an alignment takes it. */
interface KnownLight {
  readonly start: BenchState;
  readonly shape: KnownShape;
  readonly centerSigmaMm: number;
}

/** What a fitted profile says of the light, beside what was expected in the detector plane. */
interface FoundLight {
  readonly distanceMm: number;
  readonly atObject: KnownShape;
  readonly centerSigmaMm: number;
  readonly expected: {readonly radiusMm: number; readonly radiusSigmaMm: number};
}

function lightFrom(profile: BeamProfile, {shape}: KnownLight, travel: Travel): FoundLight {
  const {distanceMm, wavelengthMm} = travel;
  const radiusOf = (at: BeamShape): number => propagateBeam(at, distanceMm, wavelengthMm).radiusMm;
  return {
    distanceMm,
    atObject: updateBeamShape(shape, {
      radiusMm: profile.radiusMm,
      sigmaMm: Math.hypot(profile.radiusSigmaMm, radiusErrorRatio * profile.radiusMm),
      distanceMm,
      wavelengthMm,
    }),
    centerSigmaMm: Math.hypot(
      profile.centerSigmaMm,
      frameSigmaMm,
      distanceMm * Math.tan((tiltSigmaDeg * Math.PI) / 180),
    ),
    expected: {radiusMm: radiusOf(shape), radiusSigmaMm: radiusSigma(shape, radiusOf)},
  };
}

/** In the order that `adviceFor` takes: is it a beam, is it centred, is it as wide as expected. */
function criteriaOf(profile: BeamProfile, {start}: KnownLight, {expected}: FoundLight): GuideCriterion[] {
  const {centerXMm, centerYMm, radiusMm, residualRatio} = profile;
  const awayMm = Math.hypot(centerXMm - start.beam.centerXMm, centerYMm - start.beam.centerYMm);
  return [
    criterion('part of the beam that is no Gaussian beam', residualRatio, guideLimits.beamResidualRatio),
    criterion('centre from where the bench file has it', awayMm, guideLimits.beamCenterMm, 'mm'),
    criterion(
      'radius from what is expected, in standard deviations',
      Math.abs(radiusMm - expected.radiusMm) / expected.radiusSigmaMm,
      guideLimits.beamRadiusSigma,
    ),
  ];
}

function numbersOf(profile: BeamProfile, known: KnownLight, found: FoundLight): GuideNumber[] {
  const {start, shape} = known;
  const {expected, atObject} = found;
  return [
    guideNumber('centre, x', 'mm', {
      expected: start.beam.centerXMm,
      expectedSigma: known.centerSigmaMm,
      seen: profile.centerXMm,
      seenSigma: found.centerSigmaMm,
    }),
    guideNumber('centre, y', 'mm', {
      expected: start.beam.centerYMm,
      expectedSigma: known.centerSigmaMm,
      seen: profile.centerYMm,
      seenSigma: found.centerSigmaMm,
    }),
    guideNumber('radius in the detector plane', 'mm', {
      expected: expected.radiusMm,
      expectedSigma: expected.radiusSigmaMm,
      seen: profile.radiusMm,
      seenSigma: profile.radiusSigmaMm,
    }),
    guideNumber('narrowness at the object', '1/mm^2', {
      expected: shape.narrownessPerMm2,
      expectedSigma: shape.narrownessSigmaPerMm2,
      seen: atObject.narrownessPerMm2,
      seenSigma: atObject.narrownessSigmaPerMm2,
    }),
    guideNumber('curvature at the object', '1/mm', {
      expected: shape.curvaturePerMm,
      expectedSigma: shape.curvatureSigmaPerMm,
      seen: atObject.curvaturePerMm,
      seenSigma: atObject.curvatureSigmaPerMm,
    }),
  ];
}

/** What the next steps begin with. */
function findingOf(
  {centerXMm, centerYMm}: BeamProfile,
  {start}: KnownLight,
  {atObject, centerSigmaMm}: FoundLight,
): GuideFinding {
  const {narrownessPerMm2, curvaturePerMm} = atObject;
  return {
    state: {...start, beam: {...start.beam, centerXMm, centerYMm, narrownessPerMm2, curvaturePerMm}},
    known: {
      'beam.centerX': {mean: centerXMm, sigma: centerSigmaMm},
      'beam.centerY': {mean: centerYMm, sigma: centerSigmaMm},
      'beam.narrowness': {mean: narrownessPerMm2, sigma: atObject.narrownessSigmaPerMm2},
      'beam.curvature': {mean: curvaturePerMm, sigma: atObject.curvatureSigmaPerMm},
    },
  };
}

function knownLight({design, details, finding}: StepContext): KnownLight {
  const {plates} = modelFrom(design);
  const designed = designedState(plates, details.illuminationKnown);
  const sigmaOf = (name: string): number =>
    defaultParameters(designed, []).find((parameter) => parameter.name === name)?.priorSigma ?? Infinity;
  return {
    start: finding?.state ?? designed,
    shape: {
      narrownessPerMm2: designed.beam.narrownessPerMm2,
      curvaturePerMm: designed.beam.curvaturePerMm,
      narrownessSigmaPerMm2: sigmaOf('beam.narrowness'),
      curvatureSigmaPerMm: sigmaOf('beam.curvature'),
    },
    centerSigmaMm: sigmaOf('beam.centerX'),
  };
}

/** What the standard deviations of a light's shape make of its radius further on. */
function radiusSigma(
  {narrownessPerMm2, curvaturePerMm, narrownessSigmaPerMm2, curvatureSigmaPerMm}: KnownShape,
  radiusOf: (shape: BeamShape) => number,
): number {
  const step = 0.1;
  const slope = (n: number, c: number): number =>
    (radiusOf({narrownessPerMm2: narrownessPerMm2 + n, curvaturePerMm: curvaturePerMm + c}) -
      radiusOf({narrownessPerMm2: narrownessPerMm2 - n, curvaturePerMm: curvaturePerMm - c})) /
    (2 * step);
  return Math.hypot(slope(step * narrownessSigmaPerMm2, 0), slope(0, step * curvatureSigmaPerMm));
}

/** Refuses planes that no beam can be fitted to. Throws `twin/invalid` in words for the operator. */
export function assertBeam({values, sigma}: MeasuredPlane): void {
  const sorted = values.slice().sort();
  const [low, high] = [sorted[0], sorted[sorted.length - 1]];
  const noise = median(sigma);
  const refuse = (what: string): never => {
    throw new BenchError(
      'twin/invalid',
      `${what} No beam was fitted and nothing of this step counts; put it right and repeat.`,
    );
  };
  if (!(high >= guideLimits.light.limit * noise))
    refuse(
      'The plane of the empty bench shows no light: its brightest point is within ten times the noise. Check that RF comes on and that nothing blocks the beam.',
    );
  const atTop = sorted.length - sorted.findIndex((value) => value >= high * (1 - 1e-9));
  if (atTop > Math.max(mostAtTop.points, mostAtTop.ratio * sorted.length))
    refuse(
      `The plane of the empty bench is saturated: ${atTop} points show the same largest value. Lower the level of the source, or put an attenuator in.`,
    );
  if (!(high - low >= 0.05 * high))
    refuse(
      'The plane of the empty bench is flat: there is no beam with a centre in it. Check whether something that scatters stands in the beam, and whether the scan covers it.',
    );
}

function adviceFor([isBeam, isCentred, isWide]: readonly boolean[]): string[] {
  if (!isBeam)
    return [
      'This is no free beam: look whether a plate or the mask still stands in the bench, whether a hand or tool is in the way, and whether the frame cuts the beam.',
    ];
  return [
    ...(isCentred
      ? []
      : ['The beam is off centre: turn the source, or write its centre into the bench file.']),
    ...(isWide
      ? []
      : [
          'The beam has another width than expected: check distance and horn of the source, and radius and curvature in the bench file.',
        ]),
  ];
}
