import {fixedText} from '../../base/number-format.ts';
import type {ColumnSpec} from '../../contract/devices.ts';
import type {Plan} from '../../contract/messages.ts';
import {
  patchPlaces,
  type PatchReading,
  type PositionFit,
  type PositionJudge,
  type ScanMonitors,
} from '../../contract/scan-monitors.ts';
import {type BenchRoles, type Dwell, type MeasuredPoint, measureAt, referenceColumns} from './measure.ts';
import {addNote, checkpoint, declareStream, derive, distrust, record} from './steps.ts';

export interface ReferenceVisits {
  /** Points between two visits. */
  readonly every: number;
  readonly atMm: {readonly xMm: number; readonly yMm: number};
  /** Places around the reference point are read too, and tell where the probe stands. */
  readonly patch?: ReferencePatch | undefined;
}

/** How the place of the probe is watched. */
export interface ReferencePatch {
  readonly distanceMm: number;
  /** A probe that stands further off has lost its place, mm. */
  readonly limitMm: number;
  readonly onLost: 'pause' | 'fail';
  readonly judge: PositionJudge;
}

/** How the place is watched at each visit, by the fields of a plan. */
export interface PositionFields {
  readonly referencePatchMm: number;
  readonly positionLimitMm: number;
  readonly onPositionLost: 'pause' | 'fail';
}

/** Visits read one place. */
export const noPatch: PositionFields = {
  referencePatchMm: 0,
  positionLimitMm: 0.1,
  onPositionLost: 'pause',
};

/** Where a scan goes back to between its points; undefined for none. Without judges there is no patch. */
export function referenceVisitsFrom(
  {
    referenceEvery,
    referencePatchMm,
    positionLimitMm,
    onPositionLost,
  }: PositionFields & {readonly referenceEvery: number},
  atMm: ReferenceVisits['atMm'],
  monitors: ScanMonitors | undefined,
): ReferenceVisits | undefined {
  const visits = {every: referenceEvery, atMm};
  const patch = monitors && {
    distanceMm: referencePatchMm,
    limitMm: positionLimitMm,
    onLost: onPositionLost,
    judge: monitors.judgePosition,
  };
  if (!(referenceEvery > 0)) return undefined;
  return referencePatchMm > 0 ? {...visits, patch} : visits;
}

/** On what is measured, and how long at each place. */
interface VisitOptions {
  readonly roles: BenchRoles;
  readonly dwell: Dwell;
}

export interface ReferencePoint {
  readonly afterPointCount: number;
  readonly benchTimeS: number;
  readonly real: number;
  readonly imaginary: number;
}

/** The first patches, one after the other, say what noise and the stage's repeatability make of one. */
const firstPatchCount = 3;
/** Lost where the shift is larger than the limit and than so many standard deviations. */
const certainSigmas = 4;
/** The light at the reference is another where neither gain nor shift explains more than this of what noise leaves. */
const largestMisfit = 30;

const positionColumns: readonly ColumnSpec[] = [
  {name: 'after_point_count', unit: '', label: 'points taken before', precision: 0},
  {name: 'shift_x_mm', unit: 'mm', label: 'probe stands off in x', precision: 4},
  {name: 'shift_x_error_mm', unit: 'mm', label: 'standard error in x', precision: 4},
  {name: 'shift_y_mm', unit: 'mm', label: 'probe stands off in y', precision: 4},
  {name: 'shift_y_error_mm', unit: 'mm', label: 'standard error in y', precision: 4},
  {name: 'gain_ratio', unit: '', label: 'strength against the first visits', precision: 5},
  {name: 'gain_error_ratio', unit: '', label: 'standard error of the strength', precision: 5},
  {name: 'phase_deg', unit: 'deg', label: 'phase against the first visits', precision: 3},
  {name: 'misfit', unit: '', label: 'not explained, over noise', precision: 2},
  {name: 'is_lost', unit: '', label: 'place lost', precision: 0},
];
const patchColumn: ColumnSpec = {name: 'place', unit: '', label: 'place of the patch', precision: 0};

/**
 * Goes back to the reference point of a scan: its reading shows how the light drifts (stream `reference`), the places around it
 * (`reference_patch`) whether the probe stands where it stood (`position`). A place that is lost pauses or ends the run; points since the
 * last good visit count for nothing then.
 */
export class ReferenceWatch {
  readonly #options: VisitOptions;
  readonly #visits: ReferenceVisits;
  readonly references: ReferencePoint[] = [];
  #first: PatchReading[] = [];
  /** Points, and visits of the reference, up to the last visit with which the place was right. */
  #goodPointCount = 0;
  #goodVisitCount = 0;

  constructor(options: VisitOptions, visits: ReferenceVisits) {
    this.#options = options;
    this.#visits = visits;
  }

  /** Opens the streams of the visits. */
  *declare(devices: readonly string[]): Plan<void> {
    const {roles, dwell} = this.#options;
    const columns = referenceColumns(roles, dwell);
    yield* declareStream('reference', columns, devices);
    if (!this.#visits.patch) return;
    yield* declareStream('reference_patch', [...columns, patchColumn], devices);
    yield* declareStream('position', positionColumns, devices);
  }

  /** A visit after so many points; the first one with a patch is three. */
  *visit(afterPointCount: number): Plan<void> {
    const {patch} = this.#visits;
    if (!patch) return void (yield* this.#readReference(afterPointCount));
    while (this.#first.length < firstPatchCount - 1)
      this.#first.push(yield* this.#readPatch(afterPointCount, patch));
    const isFirst = this.#first.length < firstPatchCount;
    const now = yield* this.#readPatch(afterPointCount, patch);
    if (isFirst) this.#first.push(now);
    const fit = yield* this.#judge(afterPointCount, now, patch);
    if (fit && isFirst) yield* this.#reportError(fit, patch);
    const why = fit && !isFirst ? lostText(fit, patch) : undefined;
    if (why === undefined) return this.#markGood(afterPointCount);
    yield* this.#giveUpPlace(afterPointCount, why, patch);
  }

  /** The light is another from here on: what the place looks like is found anew. */
  beginLight(): void {
    this.#first = [];
  }

  #markGood(afterPointCount: number): void {
    this.#goodPointCount = afterPointCount;
    this.#goodVisitCount = this.references.length;
  }

  *#readReference(afterPointCount: number): Plan<MeasuredPoint> {
    const {roles, dwell} = this.#options;
    const measured = yield* measureAt(roles, dwell, this.#visits.atMm);
    const {data, reading} = measured;
    yield* record('reference', {...data, after_point_count: afterPointCount});
    yield* checkpoint();
    const {benchTimeS, real, imaginary} = reading;
    this.references.push({afterPointCount, benchTimeS, real, imaginary});
    return measured;
  }

  *#readPatch(afterPointCount: number, {distanceMm}: ReferencePatch): Plan<PatchReading> {
    const {roles, dwell} = this.#options;
    const {xMm, yMm} = this.#visits.atMm;
    const real: number[] = [];
    const imaginary: number[] = [];
    for (const [place, [x, y]] of patchPlaces.entries()) {
      const isMiddle = x === 0 && y === 0;
      const {data, reading} = isMiddle
        ? yield* this.#readReference(afterPointCount)
        : yield* measureAt(roles, dwell, {xMm: xMm + x * distanceMm, yMm: yMm + y * distanceMm});
      if (!isMiddle) yield* record('reference_patch', {...data, after_point_count: afterPointCount, place});
      real.push(reading.real);
      imaginary.push(reading.imaginary);
    }
    return {real, imaginary};
  }

  *#judge(afterPointCount: number, now: PatchReading, patch: ReferencePatch): Plan<PositionFit | undefined> {
    let fit: PositionFit | undefined;
    yield* derive('position', () => {
      fit = patch.judge(this.#first, now, patch.distanceMm);
      return fit && positionData(afterPointCount, fit, lostText(fit, patch) !== undefined);
    });
    return fit;
  }

  *#reportError({shiftXErrorMm, shiftYErrorMm}: PositionFit, {limitMm}: ReferencePatch): Plan<void> {
    const errorMm = Math.max(shiftXErrorMm, shiftYErrorMm);
    if (certainSigmas * errorMm > limitMm)
      yield* addNote(
        `The light around the reference point tells the place of the probe to ${mmText(errorMm)} only: lost steps show from ` +
          `${mmText(certainSigmas * errorMm)} on. Choose a reference point beside a bright spot, or places further apart.`,
      );
  }

  /** A person has had a look, or the run has ended: where the probe stands then is what counts from here on. */
  *#giveUpPlace(afterPointCount: number, why: string, patch: ReferencePatch): Plan<void> {
    const doubtful = {
      ...rangeOf('primary', this.#goodPointCount, afterPointCount),
      ...rangeOf('reference', this.#goodVisitCount, this.references.length),
    };
    yield* distrust({reason: why, doubtful, then: patch.onLost});
    const now = yield* this.#readPatch(afterPointCount, patch);
    const fit = yield* this.#judge(afterPointCount, now, patch);
    if (fit && lostText(fit, patch) === undefined)
      yield* addNote('At the reference point the probe stands where it stood at first.');
    else {
      yield* addNote(
        'At the reference point the probe still stands elsewhere: from here on this place counts, so that points before and after the ' +
          'pause do not lie on one grid.',
      );
      this.#first = [now];
      while (this.#first.length < firstPatchCount)
        this.#first.push(yield* this.#readPatch(afterPointCount, patch));
    }
    this.#markGood(afterPointCount);
  }
}

const mmText = (mm: number): string => `${fixedText(mm, 3)} mm`;

const rangeOf = (
  stream: string,
  good: number,
  now: number,
): Readonly<Record<string, readonly [number, number]>> => (now > good ? {[stream]: [good + 1, now]} : {});

const positionData = (
  afterPointCount: number,
  fit: PositionFit,
  isLost: boolean,
): Readonly<Record<string, number>> => ({
  after_point_count: afterPointCount,
  shift_x_mm: fit.shiftXMm,
  shift_x_error_mm: fit.shiftXErrorMm,
  shift_y_mm: fit.shiftYMm,
  shift_y_error_mm: fit.shiftYErrorMm,
  gain_ratio: fit.gainRatio,
  gain_error_ratio: fit.gainErrorRatio,
  phase_deg: fit.phaseDeg,
  misfit: fit.misfit,
  is_lost: Number(isLost),
});

/** Why the place is lost, in a sentence; undefined where it is not. */
function lostText(fit: PositionFit, {limitMm, distanceMm}: ReferencePatch): string | undefined {
  const {shiftXMm, shiftXErrorMm, shiftYMm, shiftYErrorMm, gainRatio, misfit} = fit;
  const isOff = (mm: number, errorMm: number): boolean =>
    Math.abs(mm) > limitMm && Math.abs(mm) > certainSigmas * errorMm;
  const strength = `its strength is ${fixedText(100 * gainRatio, 1)} % of the first`;
  if (isOff(shiftXMm, shiftXErrorMm) || isOff(shiftYMm, shiftYErrorMm)) {
    const off =
      `${mmText(shiftXMm)} +- ${mmText(shiftXErrorMm)} off in x and ${mmText(shiftYMm)} +- ` +
      `${mmText(shiftYErrorMm)} in y`;
    const isFar = Math.max(Math.abs(shiftXMm), Math.abs(shiftYMm)) > distanceMm;
    return (
      `at the reference point the probe stands ${off}${isFar ? ' (beyond the places around it: an estimate)' : ''}, which ` +
      `no drift of the light explains (${strength}): the stage has lost steps, or something was bumped`
    );
  }
  if (misfit <= largestMisfit) return undefined;
  return (
    'the light around the reference point is another: neither a drift of its strength nor a shift explains it ' +
    `(${fixedText(misfit, 0)} times what noise leaves): the stage has lost many steps, or a part was moved`
  );
}
