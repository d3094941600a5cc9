import type {AlignedParameter, AlignmentResult} from '../../contract/alignment.ts';
import type {AxisMove, PlateMove} from '../../contract/correction.ts';
import {plateAxes, type PlateAxis, type PlateMount, type PlateOffset} from '../../contract/devices.ts';
import type {DesignFile} from '../../contract/design-file.ts';
import {BenchError, hasCode} from '../../contract/errors.ts';
import {sFromMs} from '../../contract/units.ts';
import {isAsDesigned, type Arrangement} from '../../twin/alignment/arrangement.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import type {Store} from '../store/open-store.ts';
import {firstScanIdOf, type StoredAlignment} from './alignment-records.ts';
import {correctionsOf} from './corrections.ts';
import {isSameBench, platesMovedSince, platesText, type MountPlace} from './plate-moves.ts';

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
  readonly byHand: readonly string[];
  /** Why nothing of it may be done; null when it may. */
  readonly refusal: BenchError | null;
}

export interface CorrectionChoice {
  /** Also where the alignment is doubtful. */
  readonly allowDoubtful?: boolean | undefined;
}

const parameterAxes: readonly (readonly [suffix: string, axis: PlateAxis])[] = [
  ['dx', 'dxMm'],
  ['dy', 'dyMm'],
  ['dz', 'dzMm'],
  ['rotation', 'rotationDeg'],
];

/**
 * What the mounts of an open bench would do so that every plate stands where the design has it: each axis with a motor
 * by minus what was found, where the planes tell it and it is larger than its error bar. Positions are read; nothing
 * moves. A plan that may not be carried out says why in `refusal`.
 */
export async function planCorrection(
  store: Store,
  bench: CorrectionBench,
  source: CorrectionSource,
  {allowDoubtful = false, signal}: CorrectionChoice & {readonly signal?: AbortSignal | undefined} = {},
): Promise<CorrectionPlan> {
  const {mount} = bench.devices;
  const {result, design} = source;
  const leftOut: string[] = [];
  const moves: PlateMove[] = [];
  const motorised = new Set<string>();
  let refusal = refusalOf(store, bench, source, allowDoubtful);
  for (let plate = 1; plate <= design.layers.length; plate++) {
    if (!mount?.plates.includes(plate)) continue;
    const limits = mount.limitsOf(plate);
    for (const axis of plateAxes) if (limits[axis]) motorised.add(`${plate - 1} ${axis}`);
    const wanted = parameterAxes.flatMap(([suffix, axis]) => {
      const found = result.parameters.find(({name}) => name === `plate${plate}.${suffix}`);
      if (!limits[axis] || !found) return [];
      const reason = reasonToLeave(found);
      if (reason !== '') leftOut.push(`Plate ${plate}, ${axis}: ${reason}.`);
      return reason === '' ? [{axis, found}] : [];
    });
    if (wanted.length === 0) continue;
    try {
      moves.push(await planPlate(mount, plate, wanted, bench.clock.speed, signal));
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
    byHand: correctionsOf(source, design)
      .items.filter(
        ({isNeeded, quantity, plateIndex}) =>
          isNeeded && !motorised.has(`${plateIndex} ${axisOfQuantity(quantity) ?? ''}`),
      )
      .map(({text}) => `${text[0].toUpperCase()}${text.slice(1)}.`),
    refusal,
  };
}

const axisOfQuantity = (quantity: string): PlateAxis | undefined =>
  parameterAxes.find(([suffix]) => suffix === quantity)?.[1];

/** Why a value that was found is no reason to move; '' when it is one. */
function reasonToLeave({value, sigma, unit, identifiable}: AlignedParameter): string {
  if (!identifiable || sigma === null) return 'these planes do not tell it';
  const digits = unit === 'deg' ? 4 : 5;
  if (Math.abs(value) <= sigma)
    return `${value.toFixed(digits)} +- ${sigma.toFixed(digits)} ${unit}, no larger than its error bar`;
  return '';
}

async function planPlate(
  mount: PlateMount,
  plate: number,
  wanted: readonly {readonly axis: PlateAxis; readonly found: AlignedParameter}[],
  speed: number,
  signal: AbortSignal | undefined,
): Promise<PlateMove> {
  const now = await mount.readOffset(plate, signal ? {signal} : {});
  const limits = mount.limitsOf(plate);
  const maxima = mount.correctionLimitsOf(plate);
  const axes = wanted.map(({axis, found}): AxisMove => {
    const from = now[axis];
    const [own, maxCorrection] = [limits[axis], maxima[axis]];
    // Only axes that the mount has are asked for, and it reads every one of them.
    if (from === undefined || own === undefined || maxCorrection === undefined || found.sigma === null)
      throw new BenchError('internal', `The mount of plate ${plate} does not know its axis ${axis}.`);
    return {axis, from, to: from - found.value, sigma: found.sigma, maxCorrection, limits: own};
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
    const mistake = result.orientation.find(({isChosen}) => isChosen)?.text ?? 'a part is put in wrongly';
    return refuse(`the planes say that ${mistake}`, 'Put that right by hand and measure again.');
  }
  if (result.verdict === 'failed') return refuse('the alignment found nothing', 'Measure again.');
  const moved = platesMovedSince(store, place, source.firstScanId);
  if (moved.length > 0)
    return refuse(
      `${platesText(moved)} ${moved.length === 1 ? 'was' : 'were'} moved since these planes were measured`,
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

const benchText = ({benchName, benchSeed}: MountPlace): string =>
  benchSeed === null ? benchName : `${benchName} (seed ${benchSeed})`;

/** One value that is too large makes the whole correction doubtful: either it is wrong, or the plate is. */
function tooLarge(mount: PlateMount | undefined, moves: readonly PlateMove[]): BenchError | null {
  const problems = moves.flatMap(({plate, axes}) =>
    axes.flatMap(({axis, from, to, maxCorrection}) => {
      const unit = axis === 'rotationDeg' ? 'deg' : 'mm';
      const size = Math.abs(to - from);
      if (size > maxCorrection)
        return [
          `plate ${plate}, ${axis} by ${size.toFixed(3)} ${unit}, where a correction may be ${maxCorrection} ${unit}`,
        ];
      try {
        mount?.checkMove(plate, {[axis]: to});
        return [];
      } catch (error) {
        if (!hasCode(error, 'motion/limit')) throw error;
        const {limits} = axes.find((own) => own.axis === axis) ?? {limits: [0, 0]};
        return [
          `plate ${plate}, ${axis} to ${to.toFixed(3)} ${unit}, beyond its travel of ${limits.join(' to ')} ${unit}`,
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
