import {percentText} from '../../base/number-format.ts';
import type {GuideNumber} from '../../contract/api/align-guide.ts';
import type {AlignedParameter, AlignmentResult} from '../../contract/alignment.ts';
import {computePearson} from '../../twin/metrics/index.ts';
import {designedState} from '../../twin/alignment/defaults.ts';
import {mostExcluded} from '../../twin/alignment/describe.ts';
import {assertMeasuredPlanes, type MeasuredPlane} from '../../twin/alignment/measured-plane.ts';
import type {BenchState} from '../../twin/alignment/state.ts';
import {modelFrom} from '../../twin/design/load.ts';
import {chooseTestDigits} from '../campaign/digits.ts';
import {guidePlanes} from '../plans/guide.ts';
import {runGuideAlignment} from './guide-alignment.ts';
import type {GuideAlignmentOutput} from './guide-alignment-protocol.ts';
import {plateCorrections} from '../corrections/corrections.ts';
import {criterion, guideLimits, guideNumber} from './guide-criteria.ts';
import type {GuideFinding} from './guide-records.ts';
import {knownFrom, knownParameters} from './known-parameters.ts';
import {
  measuringOf,
  objectMountOf,
  readGuidePlane,
  runPlan,
  scaledTo,
  scanSideMm,
  storeGuidePlane,
  storeMask,
  type StepContext,
  type StepOutcome,
} from './step-context.ts';

/** Every so many points the brightest one is visited again. */
const referenceEvery = 400;

/** Scans of a few objects with the plates placed so far and one more; aligns that one while the others are known. */
export async function measurePlates(context: StepContext): Promise<StepOutcome> {
  const {store, sessionUid, design, details, step} = context;
  const placed = step.plates ?? [];
  const plate = placed.length - 1;
  const present = Array.from({length: details.plateCount}, (_, i) => placed.includes(i + 1));
  const planes = await scanPlanes(context, present);
  assertMeasuredPlanes(planes.map(({plane}) => plane));
  const before = knownBefore(context);
  const output = await alignPlate(context, {plate, present, planes, before});
  const {result, state} = output;
  const found = result?.verdict === 'failed' ? null : result;
  return {
    ...judge({plate, planes, before, output}, details.options),
    planes: planes.map(({plane, runUid}, i) =>
      storeGuidePlane(
        store,
        {sessionUid, runUid, label: plane.label},
        {
          expected: scaledTo(plane.values, output.planes[i].expected),
          seen: plane.values,
          // Without a result the plane is as it would be without the plate.
          found: result ? output.planes[i].found : scaledTo(plane.values, output.planes[i].found),
        },
      ),
    ),
    corrections: found ? plateCorrections(found, design.file, [plate]) : [],
    finding: found && {state, known: knownFrom(found.parameters)},
    parameters: result?.parameters ?? [],
  };
}

/** What the steps before know, and the bench as designed where they know nothing. */
interface KnownBefore {
  readonly designed: BenchState;
  readonly start: BenchState;
  readonly known: GuideFinding['known'];
}

function knownBefore({design, details, finding}: StepContext): KnownBefore {
  const designed = designedState(modelFrom(design).plates, details.illuminationKnown);
  return {designed, start: finding?.state ?? designed, known: finding?.known ?? {}};
}

/** One plate, counted from 0, aligned on planes while the rest of the bench is known. */
interface PlateFit {
  readonly plate: number;
  readonly planes: readonly ScannedPlane[];
  readonly before: KnownBefore;
  readonly output: GuideAlignmentOutput;
}

const alignPlate = (
  {bench, design, details, hooks, workerCount, onComputing}: StepContext,
  {plate, present, planes, before}: Omit<PlateFit, 'output'> & {readonly present: readonly boolean[]},
): Promise<GuideAlignmentOutput> =>
  runGuideAlignment(
    {
      design,
      illumination: details.illuminationKnown,
      probe: bench.file.probe,
      planes: planes.map(({plane}) => plane),
      start: before.start,
      parameters: knownParameters(before.designed, present, before.known, [plate]),
      plate,
      holder: {lateralMm: details.options.holderLateralMm, rotationDeg: details.options.holderRotationDeg},
      isFrameKnown: before.known['frame.dx'] !== undefined,
      workerCount,
    },
    {signal: hooks.signal, onProgress: ({text, doneRatio}) => onComputing(text, doneRatio)},
  );

function judge(
  {plate, planes, before, output}: PlateFit,
  options: StepContext['details']['options'],
): Pick<StepOutcome, 'criteria' | 'numbers' | 'advice'> {
  const {result, state} = output;
  const hasPlace = result !== null && result.verdict !== 'failed';
  const {dxMm, dyMm, rotationDeg} = state.plates[plate];
  const holder = (limit: number) => ({
    limit,
    source: 'How far a plate can stand off in its holder (chosen at the start).',
  });
  const left = result && leftOut(result);
  const criteria = [
    criterion('unexplained part of the light', output.unexplainedRatio, guideLimits.unexplainedRatio),
    criterion(
      `plate ${plate + 1} from its place`,
      hasPlace ? Math.hypot(dxMm, dyMm) : null,
      holder(options.holderLateralMm),
      'mm',
    ),
    criterion(
      `turn of plate ${plate + 1}`,
      hasPlace ? Math.abs(rotationDeg) : null,
      holder(options.holderRotationDeg),
      'deg',
    ),
    // Before the first of them is placed, nothing is known that could have moved.
    ...(plate > 0 && before.known['plate1.dx'] !== undefined
      ? [
          criterion(
            'plates that stood already, moved by',
            hasPlace ? furthestMovedMm(before.start, state, plate) : null,
            guideLimits.movedMm,
            'mm',
          ),
        ]
      : []),
    criterion('points left out', left && left.ratio, guideLimits.excludedRatio),
    criterion('reasons for doubt', left && left.otherDoubts, guideLimits.doubts),
  ];
  const isPassed = criteria.every(({isMet}) => isMet);
  return {
    criteria,
    numbers: result ? numbersOf(result, plate, expectedCorrelation(planes, output)) : [],
    advice: adviceFor(output, plate, isPassed),
  };
}

/** How far the plate has moved that moved furthest, of the first `count`. */
const furthestMovedMm = (before: BenchState, now: BenchState, count: number): number =>
  Math.max(
    0,
    ...now.plates
      .slice(0, count)
      .map(({dxMm, dyMm}, i) => Math.hypot(dxMm - before.plates[i].dxMm, dyMm - before.plates[i].dyMm)),
  );

interface ScannedPlane {
  readonly runUid: string;
  readonly plane: MeasuredPlane;
}

async function scanPlanes(context: StepContext, present: readonly boolean[]): Promise<ScannedPlane[]> {
  const {store, sessionUid, design, details, step} = context;
  const {singleStepMm, singleObjectCount, seed} = details.options;
  const digits = chooseTestDigits(singleObjectCount, seed, design.file);
  const sideMm = scanSideMm(design, singleStepMm);
  const measured = await runPlan(context, () =>
    guidePlanes({
      ...measuringOf(context),
      wanted: {plates: step.plates ?? [], plateCount: details.plateCount},
      objects: digits.map(objectMountOf),
      grid: {
        centerMm: {xMm: 0, yMm: 0},
        widthMm: sideMm,
        heightMm: sideMm,
        stepMm: singleStepMm,
        order: 'snake',
      },
      referenceEvery,
    }),
  );
  return measured.planes.map(({runUid}, i) => {
    storeMask(store, sessionUid, runUid, digits[i]);
    return {
      runUid,
      plane: readGuidePlane(store, sessionUid, {runUid, darkRunUid: measured.dark.runUid, present}),
    };
  });
}

const expectedCorrelation = (planes: readonly ScannedPlane[], output: GuideAlignmentOutput): number =>
  planes.reduce(
    (sum, {plane}, i) => sum + (computePearson(plane.values, output.planes[i].expected) ?? 0),
    0,
  ) / planes.length;

/** Part of the points that were left out, and the doubts that are not about that. */
function leftOut({planes, reasons}: AlignmentResult): {readonly ratio: number; readonly otherDoubts: number} {
  const sum = (of: (plane: AlignmentResult['planes'][number]) => number): number =>
    planes.reduce((total, plane) => total + of(plane), 0);
  const ratio = sum(({excludedCount}) => excludedCount) / sum(({pointCount}) => pointCount);
  return {ratio, otherDoubts: reasons.length - (ratio > mostExcluded ? 1 : 0)};
}

const unitText = (unit: AlignedParameter['unit']): string => (unit === '1' ? '' : unit);

function numbersOf({parameters, after}: AlignmentResult, plate: number, correlation: number): GuideNumber[] {
  const prefix = `plate${plate + 1}.`;
  const words: Readonly<Record<string, string>> = {
    dx: 'x',
    dy: 'y',
    dz: 'along the beam',
    rotation: 'turn',
  };
  return [
    ...parameters
      .filter(({name}) => name.startsWith(prefix))
      .map(({name, value, sigma, unit}) => {
        const quantity = name.slice(prefix.length);
        return guideNumber(`plate ${plate + 1}, ${words[quantity] ?? quantity}`, unitText(unit), {
          expected: 0,
          seen: value,
          seenSigma: sigma,
        });
      }),
    guideNumber('correlation with what was expected', '', {seen: correlation}),
    guideNumber('correlation with what was found', '', {seen: after.correlation}),
  ];
}

function adviceFor(
  {result, unexplainedRatio, unexplainedWithoutPlate}: GuideAlignmentOutput,
  plate: number,
  isPassed: boolean,
): string[] {
  if (!result)
    return [
      `Plate ${plate + 1} is not in the bench: what is seen is explained without it (${percentText(unexplainedWithoutPlate)} of the light unexplained). Put it in and repeat.`,
    ];
  const advice = [...result.reasons];
  if (!isPassed)
    advice.push(
      unexplainedRatio > guideLimits.unexplainedRatio.limit
        ? `Look whether plate ${plate + 1} is the right one of this design, not turned or mirrored, in its own place and pushed home; whether any other plate stands; whether the masks were the ones asked for and not upside down. Then repeat.`
        : `Correct plate ${plate + 1} as said below, or push it home, and repeat.`,
    );
  return advice;
}
