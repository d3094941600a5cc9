import type {Fact, SettingValue} from '../../src/contract/devices.ts';
import type {Parameter} from '../kit/index.ts';

/** Settings that decide what a reading means, in the order in which they are asked. */
export const watchedNames = [
  'referenceSource',
  'referenceFrequencyHz',
  'harmonic',
  'sensitivityV',
  'timeConstantS',
  'slopeDbPerOctave',
  'referencePhaseDeg',
  'referenceSlope',
  'reserve',
  'isSynchronousFilterOn',
  'inputSource',
  'inputCoupling',
  'inputShield',
  'lineFilter',
  'xOffsetPercent',
  'xExpand',
  'yOffsetPercent',
  'yExpand',
  'rOffsetPercent',
  'rExpand',
] as const;

/** A chopper wanders, and so does the reading of its frequency (FREQ? with an external reference). */
const referenceToleranceRatio = 0.01;
/** Replies to PHAS? and OEXP? have two decimals: two steps of the last one. */
const printedTolerance = 0.02;

export interface LockInReadings {
  readonly parameters: readonly Parameter[];
  /** In the order of `parameters`. */
  readonly values: readonly SettingValue[];
  readonly isLocked: boolean;
  readonly changeCounts: ReadonlyMap<string, number>;
}

export function factsOfLockIn({parameters, values, isLocked, changeCounts}: LockInReadings): Fact[] {
  const facts = parameters.map(({name, label, unit}, index): Fact => ({
    name,
    label: label.toLowerCase(),
    unit,
    value: values[index],
    ...toleranceOf(name, values[index]),
    changeCount: changeCounts.get(name) ?? 0,
  }));
  const lock = {name: 'reference', label: 'reference', unit: ''} as const;
  return [
    {...lock, value: isLocked ? 'locked' : 'unlocked', expected: 'locked', aspect: 'reference-lock'},
    ...facts,
  ];
}

function toleranceOf(name: string, value: SettingValue): Pick<Fact, 'tolerance' | 'isAngle' | 'aspect'> {
  // What it reads while it is unlocked is not its reference.
  if (name === 'referenceFrequencyHz')
    return {tolerance: Number(value) * referenceToleranceRatio, aspect: 'reference-lock'};
  if (name === 'referencePhaseDeg') return {tolerance: printedTolerance, isAngle: true};
  return name.endsWith('OffsetPercent') ? {tolerance: printedTolerance} : {};
}
