import {fixedText} from '../../base/number-format.ts';
import type {SettingsSnapshot} from '../../contract/devices.ts';
import type {Plan} from '../../contract/messages.ts';
import {computeBeam} from './beam-find.ts';
import {type DarkLevel, measureDarkLevel} from './dark-level.ts';
import type {GridSpec} from './geometry.ts';
import {type MeasuredPlane, gridScan} from './grid.ts';
import {
  type BenchRoles,
  type Dwell,
  type MeasuredPoint,
  type Reading,
  measureAt,
  readingData,
  setUpDetector,
  referenceColumns,
  takeReading,
} from './measure.ts';
import type {ObjectMount} from './registration.ts';
import type {ScanMetadata} from './scan.ts';
import {
  addNote,
  applySettings,
  askOperator,
  callAction,
  checkpoint,
  declareStream,
  move,
  record,
  reportProgress,
  settle,
  sleep,
} from './steps.ts';
import {inRun, withSourceOff, withStageStopped} from './wrappers.ts';

/** What the steps of a guided alignment, and others like them, measure with. */
export interface GuideMeasuring {
  readonly roles: BenchRoles;
  readonly dwell: Dwell;
  /** Of the detector, as the bench file has them: a step does not begin with the range that the one before left. */
  readonly detectorSettings: SettingsSnapshot;
  readonly homeFirst: boolean;
  /** Time that the source needs after it is turned on, ms. */
  readonly warmUpMs: number;
  readonly darkReadingCount: number;
  /** Raster in which the brightest point is looked for. */
  readonly beamFind: {
    readonly centerMm: {readonly xMm: number; readonly yMm: number};
    readonly widthMm: number;
    readonly stepMm: number;
  };
  readonly metadata?: ScanMetadata;
}

export interface GuidePreparation {
  /** With the source off and the detector as it is for what follows. */
  readonly dark: DarkLevel;
  readonly brightest: PlaceMm;
}

export interface PlaceMm {
  readonly xMm: number;
  readonly yMm: number;
}

/** Plates that stand, from 1; all others are taken out. */
export interface PlatesWanted {
  readonly plates: readonly number[];
  readonly plateCount: number;
}

export interface GuideReference extends GuidePreparation {
  readonly runUid: string;
  readonly readings: readonly Reading[];
}

/** Dark level, then the brightest point read again and again: a run `reference` with every reading in it. */
export const guideReference = (
  options: GuideMeasuring & {readonly readingCount: number},
): Plan<GuideReference> =>
  safely(options, function* (): Plan<GuideReference> {
    const prepared = yield* prepare(options);
    const {roles, dwell, readingCount, metadata} = options;
    const atMm = prepared.brightest;
    const single: Dwell = {...dwell, readingCount: 1};
    return yield* inRun(
      {planName: 'reference', planArgs: {referenceMm: atMm}, pointCount: readingCount, ...metadata},
      function* (runUid): Plan<GuideReference> {
        yield* declareStream('reference', referenceColumns(roles, single), [
          roles.stage,
          roles.detector.role,
          roles.source,
        ]);
        const first: MeasuredPoint = yield* measureAt(roles, single, atMm);
        const readings: Reading[] = [];
        for (let taken = 0; taken < readingCount; taken++) {
          const reading = taken === 0 ? first.reading : yield* takeReading(roles.detector, single);
          readings.push(reading);
          yield* record('reference', {
            ...first.data,
            ...readingData(reading),
            after_point_count: taken,
          });
          yield* reportProgress('reference', taken + 1, readingCount);
          yield* checkpoint();
        }
        return {...prepared, runUid, readings};
      },
    );
  });

export interface GuidePlanesOptions extends GuideMeasuring {
  readonly wanted: PlatesWanted;
  /** One scan each; null is the open frame. */
  readonly objects: readonly (ObjectMount | null)[];
  readonly grid: GridSpec;
  /** Points between two visits of the brightest point; 0 for none. */
  readonly referenceEvery: number;
}

export interface GuidePlanes extends GuidePreparation {
  readonly planes: readonly MeasuredPlane[];
}

/** Plates as wanted, then a scan behind each object; the detector is set up at the brightest point of the first. */
export const guidePlanes = (options: GuidePlanesOptions): Plan<GuidePlanes> =>
  safely(options, function* (): Plan<GuidePlanes> {
    const {roles, dwell, wanted, objects, grid, referenceEvery, metadata} = options;
    yield* askOperator({kind: 'set-plates', ...wanted});
    yield* askForObject(objects[0]);
    const prepared = yield* prepare(options);
    const planes: MeasuredPlane[] = [];
    for (const [index, object] of objects.entries()) {
      if (index > 0) yield* askForObject(object);
      planes.push(
        yield* gridScan({
          roles,
          dwell,
          planName: 'guide-scan',
          grid,
          ...(referenceEvery > 0 ? {reference: {every: referenceEvery, atMm: prepared.brightest}} : {}),
          metadata: {...metadata, sample: object?.label ?? 'open frame'},
        }),
      );
    }
    return {...prepared, planes};
  });

const askForObject = (object: ObjectMount | null): Plan<void> =>
  askOperator(object === null ? {kind: 'open-frame'} : {kind: 'mount-object', ...object});

/** Source off and stage stopped in every ending. */
export const safely = <Result>({roles}: GuideMeasuring, body: () => Plan<Result>): Plan<Result> =>
  withStageStopped(withSourceOff(body(), roles.source), roles.stage);

/** Source up, brightest point found, range and phase set there, dark level with those settings. */
export function* prepare(options: GuideMeasuring): Plan<GuidePreparation> {
  const {roles, dwell, metadata, darkReadingCount: readingCount} = options;
  const dark = (): Plan<DarkLevel> =>
    measureDarkLevel({
      roles,
      dwell,
      method: 'source-off',
      readingCount,
      turnOnAfter: true,
      ...(metadata ? {metadata} : {}),
    });
  yield* applySettings(roles.detector.role, options.detectorSettings);
  if (options.homeFirst) yield* callAction(roles.stage, 'home');
  // A lock-in has its reference from the chop, which runs once the source has been up.
  yield* callAction(roles.source, 'turn-on');
  yield* sleep(options.warmUpMs, 'warm-up of the source');
  const first = yield* dark();
  const brightest = yield* findBrightest(options, first);
  yield* move(roles.stage, {x: brightest.xMm, y: brightest.yMm});
  yield* settle(roles.detector.role, dwell.residualRatio);
  yield* setUpDetector(roles.detector);
  yield* addNote(
    `Brightest point ${fixedText(brightest.xMm, 1)}, ${fixedText(brightest.yMm, 1)} mm; the detector is set up there.`,
  );
  // The pick-up turns with the phase: the level from before does not fit these settings.
  return {dark: yield* dark(), brightest};
}

const refinement = 4;

/**
 * The brightest place of a coarse raster and of a finer one around it, as it was measured. Nothing is interpolated: light
 * behind plates has grains of half a wavelength, and half a millimetre beside a bright one it may be dark. Throws
 * `plan/invalid` when the raster shows the same level everywhere.
 */
function* findBrightest(options: GuideMeasuring, dark: DarkLevel): Plan<PlaceMm> {
  const {roles, dwell, metadata, beamFind} = options;
  const scan = (centerMm: PlaceMm, sideMm: number, stepMm: number): Plan<MeasuredPlane> =>
    gridScan({
      roles,
      dwell: {...dwell, onOverload: 'choose-range'},
      planName: 'beam-find',
      grid: {centerMm, widthMm: sideMm, heightMm: sideMm, stepMm, order: 'snake'},
      ...(metadata ? {metadata} : {}),
    });
  const coarse = yield* scan(beamFind.centerMm, beamFind.widthMm, beamFind.stepMm);
  computeBeam(coarse, dark);
  const {stepMm} = beamFind;
  const fine = yield* scan(brightestOf(coarse, dark), stepMm, stepMm / refinement);
  return brightestOf(fine, dark);
}

function brightestOf({real, imaginary, xMm, yMm}: MeasuredPlane, dark: DarkLevel): PlaceMm {
  let [best, most] = [0, -Infinity];
  real.forEach((value, cell) => {
    const size = Math.hypot(value - dark.real, imaginary[cell] - dark.imaginary);
    if (size > most) [best, most] = [cell, size];
  });
  return {xMm: xMm[best], yMm: yMm[best]};
}
