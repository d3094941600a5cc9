import {fixedText} from '../../base/number-format.ts';
import {pluralOf} from '../../base/count-text.ts';
import type {AlignmentResult, AlignmentSensitivity} from '../../contract/alignment.ts';
import type {AlignCorrection} from '../../contract/api/align-shapes.ts';
import type {AxisMove, PlateMove} from '../../contract/correction.ts';
import type {PlateAxis, PlateMount, PlateOffset} from '../../contract/devices.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import {BenchError, hasCode} from '../../contract/errors.ts';
import {plateAxisNames, plateAxisUnit} from '../../contract/plate-labels.ts';
import {sFromMs} from '../../contract/units.ts';
import {isAsDesigned, type Arrangement} from '../../twin/alignment/arrangement.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import type {Store} from '../store/open-store.ts';
import {firstScanIdOf, type StoredAlignment} from '../placements/alignment-records.ts';
import {correctionsOf} from './corrections.ts';
import {keptSensitivity} from '../probes/sensitivity-cache.ts';
import {benchText} from '../placements/damaged-rows.ts';
import {
  isSameBench,
  platesMovedSince,
  platesText,
  unknownMovesSince,
  type MountPlace,
} from '../placements/plate-moves.ts';

/** What a correction is made from: a finished alignment, and the bench and time that its planes are of. */
export interface CorrectionSource extends MountPlace {
  /** Of the stored alignment; null for one that is not stored. */
  readonly alignmentUid: string | null;
  /** Session of its planes. */
  readonly sessionUid: string;
  readonly result: AlignmentResult;
  readonly arrangement: Arrangement;
  /** The first of its planes, by the number of its run. */
  readonly firstScanId: number;
  readonly design: Pick<DesignFile, 'frequencyHz' | 'grid' | 'layers'>;
  /** The table by which displacements of this design are judged; without it limits in wavelengths stand in. */
  readonly sensitivity?: AlignmentSensitivity | undefined;
}

/** The source that a stored alignment is. */
export const correctionSourceOf = (
  store: Store,
  {uid, sessionUid, result, arrangement, benchName, benchSeed, planes}: StoredAlignment,
  design: CorrectionSource['design'],
): CorrectionSource => ({
  alignmentUid: uid,
  sessionUid,
  result,
  arrangement,
  benchName,
  benchSeed,
  firstScanId: firstScanIdOf(store, {planes}),
  design,
  sensitivity: keptSensitivity(store, sessionUid),
});

/** The open bench, as far as a correction needs it. */
export type CorrectionBench = Pick<OpenBench, 'file' | 'clock' | 'seed'> & {
  readonly devices: Pick<OpenBench['devices'], 'mount'>;
};

export const placeOfBench = ({file, seed}: CorrectionBench): MountPlace => ({
  benchName: file.name,
  benchSeed: seed ?? null,
});

/** What a correction would do, before anything moves. */
export interface CorrectionPlan {
  readonly alignmentUid: string | null;
  readonly verdict: AlignmentResult['verdict'];
  /** In the order in which they are made: one plate after another, the nearest to the object first. */
  readonly moves: readonly PlateMove[];
  /** What is left as it is, and why, in sentences. */
  readonly leftOut: readonly string[];
  /** What has no motor and has to be done by hand, in words as seen from the source. */
  readonly manualSteps: readonly string[];
  /** Why nothing of it may be done; null when it may. */
  readonly refusal: BenchError | null;
}

export interface CorrectionChoice {
  /** Also where the alignment is doubtful. */
  readonly allowDoubtful?: boolean | undefined;
}

const axisOfQuantity: Readonly<Record<AlignCorrection['quantity'], PlateAxis | undefined>> = {
  dx: 'dxMm',
  dy: 'dyMm',
  dz: 'dzMm',
  rotation: 'rotationDeg',
  // No mount tilts plates.
  tiltX: undefined,
  tiltY: undefined,
  flip: undefined,
};

/**
 * Plans how the mounts of an open bench bring every plate to where the design has it. The corrections are those of
 * `correctionsOf`, which a person is shown too: axes with a motor by the motor, the others by hand; those below what a
 * mount can place are left out. Positions are read; nothing moves. `refusal` says why a plan may not be carried out.
 */
export async function planCorrection(
  store: Store,
  bench: CorrectionBench,
  source: CorrectionSource,
  {allowDoubtful = false, signal}: CorrectionChoice & {readonly signal?: AbortSignal | undefined} = {},
): Promise<CorrectionPlan> {
  const {mount} = bench.devices;
  const {result, design, sensitivity} = source;
  const leftOut: string[] = [];
  const manualSteps: string[] = [];
  const wanted = new Map<number, PlateCorrection[]>();
  for (const item of correctionsOf(source, design, sensitivity).items) {
    const plate = item.plateIndex + 1;
    const axis = axisOfQuantity[item.quantity];
    const tolerance = axis && mount?.plates.includes(plate) ? mount.tolerancesOf(plate)[axis] : undefined;
    if (axis === undefined || tolerance === undefined) {
      // No motor.
      if (item.isNeeded) manualSteps.push(`${item.text[0].toUpperCase()}${item.text.slice(1)}.`);
      continue;
    }
    const reason = reasonToLeave(item, tolerance);
    if (reason !== '') leftOut.push(`Plate ${plate}, ${foundText(axis, item)}: ${reason}.`);
    else wanted.set(plate, [...(wanted.get(plate) ?? []), {axis, item}]);
  }
  const moves: PlateMove[] = [];
  let refusal = refusalOf(store, bench, source, allowDoubtful);
  for (const [plate, corrections] of wanted) {
    // A plate has corrections by motor only where there is a mount.
    if (!mount) continue;
    try {
      moves.push(await planPlate(mount, {plate, wanted: corrections}, bench.clock.speed, signal));
    } catch (error) {
      if (!hasCode(error, 'motion/not-homed', 'device/fault', 'port/closed', 'port/timeout')) throw error;
      refusal ??= error;
    }
  }
  refusal ??= tooLarge(mount, moves);
  return {
    alignmentUid: source.alignmentUid,
    verdict: result.verdict,
    moves,
    leftOut,
    manualSteps,
    refusal,
  };
}

interface PlateCorrection {
  readonly axis: PlateAxis;
  readonly item: AlignCorrection;
}

/** Why a correction is not made by a motor; '' when it is. */
const reasonToLeave = ({isNeeded, reason, change, unit}: AlignCorrection, tolerance: number): string =>
  !isNeeded
    ? reason
    : Math.abs(change) <= tolerance
      ? `no larger than the mount's tolerance, ${tolerance} ${unit}`
      : '';

/** `y 0.0060 +- 0.0100 mm`: where the plate was found. */
const foundText = (axis: PlateAxis, {change, sigma}: AlignCorrection): string =>
  sigma === null
    ? plateAxisNames[axis]
    : `${plateAxisNames[axis]} ${fixedText(-change + 0, 4)} +- ${fixedText(sigma, 4)} ${plateAxisUnit(axis)}`;

async function planPlate(
  mount: PlateMount,
  {plate, wanted}: {readonly plate: number; readonly wanted: readonly PlateCorrection[]},
  speed: number,
  signal: AbortSignal | undefined,
): Promise<PlateMove> {
  const now = await mount.readOffset(plate, signal ? {signal} : {});
  const limits = mount.limitsOf(plate);
  const maxima = mount.correctionLimitsOf(plate);
  const axes = wanted.map(({axis, item: {change, sigma}}): AxisMove => {
    const from = now[axis];
    const [own, maxCorrection] = [limits[axis], maxima[axis]];
    // Only axes that the mount has are asked for, and it reads every one of them.
    if (from === undefined || own === undefined || maxCorrection === undefined || sigma === null)
      throw new BenchError('internal', `The mount of plate ${plate} does not know its axis ${axis}.`);
    return {axis, from, to: from + change, sigma, maxCorrection, limits: own};
  });
  const ms = mount.estimateMoveMs(plate, now, targetOf({axes}));
  return {plate, axes, seconds: ms === undefined ? null : sFromMs(ms) / speed};
}

/** The offsets to which a move goes. */
export const targetOf = ({axes}: Pick<PlateMove, 'axes'>): PlateOffset =>
  Object.fromEntries(axes.map(({axis, to}) => [axis, to]));

const nothingMoved = 'Nothing moved.';

/** What stands against any move, whatever its size. */
function refusalOf(
  store: Store,
  bench: CorrectionBench,
  source: CorrectionSource,
  allowDoubtful: boolean,
): BenchError | null {
  const {result, arrangement} = source;
  const refuse = (why: string, advice: string, details = {}): BenchError =>
    new BenchError('plan/invalid', `The correction was refused: ${why}. ${nothingMoved} ${advice}`, {
      details,
    });
  const place = placeOfBench(bench);
  if (!bench.devices.mount)
    return refuse(
      `the bench ${place.benchName} has no motorised mounts`,
      'Move the plates by hand as the corrections say, or name the mounts in the bench file (mount:).',
    );
  if (!isSameBench(place, source))
    return refuse(
      `the planes are of ${benchText(source)}, and ${benchText(place)} is open`,
      'Open the bench that was measured.',
    );
  if (!isAsDesigned(arrangement)) {
    const assemblyError =
      result.orientation.find(({isChosen}) => isChosen)?.text ?? 'a part is put in wrongly';
    return refuse(`according to the planes ${assemblyError}`, 'Correct that by hand and measure again.');
  }
  if (result.verdict === 'failed') return refuse('the alignment found nothing', 'Measure again.');
  const unknown = unknownMovesSince(store, place, source.firstScanId);
  if (unknown !== '')
    return new BenchError(
      'store/damaged',
      `The correction was refused: since these planes were measured a plate may have been moved. ${unknown} ${nothingMoved} Measure again and align those planes.`,
    );
  const moved = platesMovedSince(store, place, source.firstScanId);
  if (moved.length > 0)
    return refuse(
      `${platesText(moved)} ${pluralOf(moved.length, 'was', 'were')} moved since these planes were measured`,
      'Measure again and align those planes: a correction must not be made twice.',
    );
  if (result.verdict === 'doubtful' && !allowDoubtful)
    return refuse(
      `the alignment is doubtful (${result.reasons.join(' ')})`,
      'Look at the reasons first; a doubtful one is followed only when that is asked for.',
      {isDoubt: true, atTerminal: 'Ask for it with --allow-doubtful.'},
    );
  return null;
}

/** One value that is too large makes the whole correction doubtful: either it is wrong, or the plate is. */
function tooLarge(mount: PlateMount | undefined, moves: readonly PlateMove[]): BenchError | null {
  const problems = moves.flatMap(({plate, axes}) =>
    axes.flatMap(({axis, from, to, maxCorrection}) => {
      const unit = plateAxisUnit(axis);
      const size = Math.abs(to - from);
      if (size > maxCorrection)
        return [
          `plate ${plate}, ${plateAxisNames[axis]} by ${fixedText(size, 3)} ${unit}, where a correction may be ${maxCorrection} ${unit}`,
        ];
      try {
        mount?.checkMove(plate, {[axis]: to});
        return [];
      } catch (error) {
        if (!hasCode(error, 'motion/limit')) throw error;
        const {limits} = axes.find((own) => own.axis === axis) ?? {limits: [0, 0]};
        return [
          `plate ${plate}, ${plateAxisNames[axis]} to ${fixedText(to, 3)} ${unit}, beyond its travel of ${limits.join(' to ')} ${unit}`,
        ];
      }
    }),
  );
  if (problems.length === 0) return null;
  return new BenchError(
    'motion/limit',
    `The correction was refused whole: ${problems.join('; ')}. ${nothingMoved} Move that plate by hand and measure again, ` +
      'or change the limits in the bench file if the mount allows it.',
    {details: {problems}},
  );
}
