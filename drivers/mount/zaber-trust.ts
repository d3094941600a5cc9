import {roundedText} from '../../src/base/number-format.ts';
import type {PlateAxis, PlateMemory, PlateOffset} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import {plateAxisNames} from '../../src/contract/plate-labels.ts';
import {offsetFrom, type MountAxis, type MountPlate} from './mount-axes.ts';

/** What an axis reports at one moment. */
export interface AxisReport {
  readonly steps: number;
  readonly flags: readonly string[];
  readonly isBusy: boolean;
}

/** Where an axis counts from, or why that is not known. */
export type Zero = {readonly zeroSteps: number} | {readonly unknown: BenchError};

interface AxisMemory {
  /** Last trusted offset; undefined: the next one read is trusted, null: none is until a person confirms one. */
  trusted: number | undefined | null;
  /** Why none is trusted, as the end of a sentence; '' where nothing more is known than that. */
  reason: string;
  /** Reported by an axis that is in doubt, counted from where it was switched on. */
  doubtful: number | undefined;
  /** Microsteps a full step to which the length of a step belongs, and those it is set to now; undefined: not known. */
  wantedMicrosteps: number | undefined;
  microsteps: number | undefined;
}

/** Never homed: it counts from where it was switched on, or was told to count from. */
const isUnreferenced = (flags: readonly string[]): boolean => flags.includes('WR') || flags.includes('WH');
/** Moved by hand at its knob: it has counted that. */
const movedByHand = 'NC';

/**
 * Whether a position still means what it meant. An axis that was never homed counts from where it was switched on:
 * power that was cut, or another program, gives its numbers another meaning, and only the numbers can tell. So what it
 * reports at rest must be what was known of it last, as long as this program has not moved it; and the resolution must
 * be the one to which the length of a step belongs.
 */
export class ZaberTrust {
  readonly #axes = new Map<MountAxis, AxisMemory>();
  readonly #moving = new Set<number>();

  constructor(plates: readonly MountPlate[]) {
    for (const {axes} of plates)
      for (const axis of axes)
        this.#axes.set(axis, {
          trusted: undefined,
          reason: '',
          doubtful: undefined,
          wantedMicrosteps: axis.microsteps,
          microsteps: undefined,
        });
  }

  /** What was known of a plate before this connection; null for an offset that could not be known. */
  recall({axes}: MountPlate, {offset, microsteps, reason = ''}: PlateMemory): void {
    for (const axis of axes) {
      const memory = this.#of(axis);
      memory.trusted = offset === null ? null : (offset[axis.name] ?? memory.trusted);
      memory.reason = offset === null ? reason : '';
      memory.wantedMicrosteps = axis.microsteps ?? microsteps[axis.name] ?? memory.wantedMicrosteps;
    }
  }

  /** What is to be recalled by the next connection; undefined where nothing was read yet. */
  memoryOf({axes}: MountPlate): PlateMemory | undefined {
    const offset: Partial<Record<PlateAxis, number>> = {};
    const microsteps: Partial<Record<PlateAxis, number>> = {};
    for (const axis of axes) {
      const {trusted, reason, wantedMicrosteps} = this.#of(axis);
      if (trusted === null) return {offset: null, microsteps, ...(reason !== '' && {reason})};
      if (trusted !== undefined) offset[axis.name] = trusted;
      if (wantedMicrosteps !== undefined) microsteps[axis.name] = wantedMicrosteps;
    }
    return Object.keys(offset).length === 0 ? undefined : {offset, microsteps};
  }

  noteMicrosteps(axis: MountAxis, microsteps: number | undefined): void {
    const memory = this.#of(axis);
    memory.microsteps = microsteps;
    memory.wantedMicrosteps ??= microsteps;
  }
  microstepsOf(axis: MountAxis): number | undefined {
    return this.#of(axis).microsteps;
  }

  /** This program moves some of its axes from here on: their positions change by it. */
  beginMotion({number}: MountPlate): void {
    this.#moving.add(number);
  }
  /**
   * Where the axes that were moved ended: `counted` when the device tells it, `lost` when it may have lost its power
   * meanwhile.
   */
  endMotion({number}: MountPlate, axes: readonly MountAxis[], ended: PlateOffset | 'counted' | 'lost'): void {
    this.#moving.delete(number);
    for (const axis of axes) {
      const memory = this.#of(axis);
      memory.trusted = ended === 'lost' ? null : ended === 'counted' ? undefined : ended[axis.name];
      memory.reason = '';
    }
  }
  isMoving({number}: MountPlate): boolean {
    return this.#moving.has(number);
  }

  /**
   * Takes a person's confirmation that the axes of a plate stand where they report. Throws `device/refused` for another
   * place.
   */
  confirmPosition({number, axes}: MountPlate, shown: PlateOffset): void {
    const doubtful = axes.filter((axis) => this.#of(axis).doubtful !== undefined);
    for (const axis of doubtful) {
      const reported = this.#of(axis).doubtful ?? Number.NaN;
      if (Math.abs((shown[axis.name] ?? Number.NaN) - reported) <= axis.tolerance) continue;
      throw new BenchError(
        'device/refused',
        `The position of ${plateAxisNames[axis.name]} of plate ${number} was confirmed as ${shown[axis.name] ?? 'unknown'}, but its mount reports ` +
          `${reported} ${axis.unit}. Nothing was changed and nothing moved; look where it stands and say so again.`,
        {details: {plate: number, axis: axis.name, reported}},
      );
    }
    for (const axis of doubtful) this.#of(axis).trusted = undefined;
  }

  /** Offsets as reported by the axes whose zero is in doubt. */
  doubtfulOf({axes}: MountPlate): PlateOffset {
    return Object.fromEntries(
      axes.flatMap((axis) => {
        const {doubtful} = this.#of(axis);
        return doubtful === undefined ? [] : [[axis.name, doubtful] as const];
      }),
    );
  }

  /** Where an axis counts from, by what it reports now. */
  zeroOf({number}: MountPlate, axis: MountAxis, report: AxisReport): Zero {
    const memory = this.#of(axis);
    memory.doubtful = undefined;
    const {wantedMicrosteps, microsteps} = memory;
    if (wantedMicrosteps !== undefined && microsteps !== undefined && wantedMicrosteps !== microsteps)
      return {unknown: otherSteps(number, axis, wantedMicrosteps, microsteps)};
    const isAtRest = !report.isBusy && !this.#moving.has(number);
    if (!isUnreferenced(report.flags)) {
      if (axis.zeroSteps === undefined) return {unknown: zeroUnknown(number, axis)};
      if (isAtRest) memory.trusted = offsetFrom(axis, axis.zeroSteps, report.steps);
      return {zeroSteps: axis.zeroSteps};
    }
    if (isAtRest) {
      const reported = offsetFrom(axis, 0, report.steps);
      const {trusted} = memory;
      const isOther = typeof trusted === 'number' && Math.abs(reported - trusted) > axis.tolerance;
      if (trusted === null || (isOther && !report.flags.includes(movedByHand))) {
        memory.doubtful = reported;
        return {unknown: zeroUnproven(number, axis, reported, memory)};
      }
      memory.trusted = reported;
    }
    return {zeroSteps: 0};
  }

  #of(axis: MountAxis): AxisMemory {
    const memory = this.#axes.get(axis);
    if (memory !== undefined) return memory;
    throw new BenchError('internal', `The axis ${axis.name} is of another mount.`);
  }
}

const zeroUnknown = (plate: number, {name}: MountAxis): BenchError =>
  new BenchError(
    'motion/not-homed',
    `${plateAxisNames[name]} of plate ${plate} was homed, and the bench file does not say where its zero is from there. ` +
      `Nothing moved; give zeroSteps for it (mount.plates, plate ${plate}).`,
    {details: {plate, axis: name}},
  );

function zeroUnproven(
  plate: number,
  axis: MountAxis,
  reported: number,
  {trusted: before, reason}: Pick<AxisMemory, 'trusted' | 'reason'>,
): BenchError {
  const {name, unit, zeroSteps} = axis;
  const was =
    typeof before === 'number'
      ? `it stood at ${roundedText(before, 4)} ${unit} before, and nothing has moved it from here. ${movedUnseen}`
      : `where it stood before is not known${reason === '' ? `. ${movedUnseen}` : `: ${reason}. So`}`;
  return new BenchError(
    'motion/not-homed',
    `${plateAxisNames[name]} of plate ${plate} is reported at ${roundedText(reported, 4)} ${unit}; ${was} its zero is not proven. Nothing moved; ` +
      (zeroSteps === undefined ? '' : 'home it, or ') +
      'look where the plate stands and give your word that it is where it is reported (mount trust-position).',
    {details: {plate, axis: name, reported, before}},
  );
}

const movedUnseen = 'Its power was cut, or another program has moved it or set its count, so that';

const otherSteps = (plate: number, {name}: MountAxis, wanted: number, found: number): BenchError =>
  new BenchError(
    'motion/not-homed',
    `${plateAxisNames[name]} of plate ${plate} is set to ${found} microsteps a full step (resolution), and the length of a step in the ` +
      `bench file belongs to ${wanted}: its position would be read and moved wrongly. Nothing moved; set the resolution back, or ` +
      `give the length of a step for ${found} and microsteps: ${found} in mount.plates, plate ${plate}.`,
    {details: {plate, axis: name, wanted, found}},
  );
