import {badReply, flag, integer, number, numberFromText} from '../kit/index.ts';
import type {Parameter} from '../kit/index.ts';
import {hasCode} from '../../src/contract/errors.ts';

/** Settings of GRBL 1.1h (gnea/grbl doc/markdown/settings.md). `read` is the key in the `$$` listing. */

const axes = ['x', 'y', 'z'] as const;
/** Settings are printed with three decimals. */
const printed = {decimals: 3, resolution: 0.0011} as const;

const setting = (id: number) => ({read: `$${id}`, write: `$${id}={value}`});

/**
 * On or off. GRBL prints 0 or 1; grblHAL keeps a bit for each axis or option (it ships `$4=7`, `$22=5`): anything but
 * zero is on.
 */
const switchOf = (declaration: Parameters<typeof flag>[0]): Parameter => ({
  ...flag(declaration),
  parse(text, source) {
    const value = numberFromText(text);
    if (value === undefined || !Number.isInteger(value) || value < 0)
      throw badReply(source, text, 'a whole number from 0 (off)');
    return value !== 0;
  },
});

interface AxisSetting {
  /** Name of the parameter behind the axis: `TravelMm` makes `xTravelMm`. */
  readonly stem: string;
  readonly label: string;
  readonly unit: string;
  readonly range: readonly [number, number];
}

/** One setting of each axis; its numbers in the controller follow each other from `firstId`. */
const perAxis = (firstId: number, {stem, label, unit, range}: AxisSetting): Parameter[] =>
  axes.map((axis, index) =>
    number({
      ...setting(firstId + index),
      ...printed,
      group: 'axes',
      name: `${axis}${stem}`,
      label: `${axis.toUpperCase()} ${label}`,
      unit,
      range,
    }),
  );

const wiring: readonly Parameter[] = [
  number({
    ...setting(0),
    group: 'wiring',
    name: 'stepPulseS',
    label: 'Step pulse length',
    unit: 's',
    range: [3e-6, 255e-6],
    scale: 1e-6,
    decimals: 0,
    resolution: 0.6e-6,
  }),
  integer({
    ...setting(1),
    group: 'wiring',
    name: 'stepIdleDelayMs',
    label: 'Time until idle motors are released',
    unit: 'ms',
    range: [0, 255],
    hint: '255 keeps them energised: advised, or the stage may creep between points',
  }),
  ...(
    [
      [2, 'stepInvertMask', 'Step pin invert mask'],
      [3, 'directionInvertMask', 'Direction invert mask'],
    ] as const
  ).map(([id, name, label]) =>
    integer({
      ...setting(id),
      group: 'wiring',
      name,
      label: `${label} (bit 0 X, 1 Y, 2 Z)`,
      unit: '',
      range: [0, 7],
    }),
  ),
  switchOf({...setting(4), group: 'wiring', name: 'isEnablePinInverted', label: 'Step enable pin inverted'}),
  switchOf({...setting(5), group: 'wiring', name: 'areLimitPinsInverted', label: 'Limit pins inverted'}),
  switchOf({...setting(6), group: 'wiring', name: 'isProbePinInverted', label: 'Probe pin inverted'}),
];

const report: readonly Parameter[] = [
  integer({
    ...setting(10),
    group: 'report',
    name: 'statusReportMask',
    label: 'Status report (bit 0 machine position, bit 1 buffer)',
    unit: '',
    range: [0, 255],
    hint: 'machine or work position: this program reads both',
  }),
  switchOf({
    ...setting(13),
    group: 'report',
    name: 'isReportInInches',
    label: 'Positions reported in inches',
    hint: 'this program converts them',
  }),
];

const path: readonly Parameter[] = [
  number({
    ...setting(11),
    ...printed,
    group: 'path',
    name: 'junctionDeviationMm',
    label: 'Junction deviation',
    unit: 'mm',
    range: [0, 10],
  }),
  number({
    ...setting(12),
    ...printed,
    group: 'path',
    name: 'arcToleranceMm',
    label: 'Arc tolerance',
    unit: 'mm',
    range: [0, 10],
  }),
];

const limits: readonly Parameter[] = [
  switchOf({
    ...setting(20),
    group: 'limits and homing',
    name: 'areSoftLimitsOn',
    label: "The controller's own soft limits",
    hint: 'needs homing',
  }),
  switchOf({
    ...setting(21),
    group: 'limits and homing',
    name: 'areHardLimitsOn',
    label: 'Limit switches stop the stage',
  }),
  switchOf({...setting(22), group: 'limits and homing', name: 'isHomingOn', label: 'Homing cycle enabled'}),
  integer({
    ...setting(23),
    group: 'limits and homing',
    name: 'homingDirectionMask',
    label: 'Homing direction mask (set: towards negative)',
    unit: '',
    range: [0, 7],
  }),
  number({
    ...setting(24),
    ...printed,
    group: 'limits and homing',
    name: 'homingLocateMmPerMin',
    label: 'Homing locate speed',
    unit: 'mm/min',
    range: [0.001, 100_000],
  }),
  number({
    ...setting(25),
    ...printed,
    group: 'limits and homing',
    name: 'homingSeekMmPerMin',
    label: 'Homing seek speed',
    unit: 'mm/min',
    range: [0.001, 100_000],
  }),
  integer({
    ...setting(26),
    group: 'limits and homing',
    name: 'homingDebounceMs',
    label: 'Switch debounce',
    unit: 'ms',
    range: [0, 65_535],
  }),
  number({
    ...setting(27),
    ...printed,
    group: 'limits and homing',
    name: 'homingPullOffMm',
    label: 'Pull-off from the switch',
    unit: 'mm',
    range: [0, 1000],
  }),
];

const spindle: readonly Parameter[] = [
  number({
    ...setting(30),
    group: 'spindle',
    name: 'maximumSpindleRpm',
    label: 'Highest spindle speed',
    unit: 'rpm',
    range: [0, 1e6],
    ...printed,
  }),
  number({
    ...setting(31),
    group: 'spindle',
    name: 'minimumSpindleRpm',
    label: 'Lowest spindle speed',
    unit: 'rpm',
    range: [0, 1e6],
    ...printed,
  }),
  switchOf({...setting(32), group: 'spindle', name: 'isLaserModeOn', label: 'Laser mode'}),
];

export const grblParameters: readonly Parameter[] = [
  ...perAxis(100, {stem: 'StepsPerMm', label: 'steps', unit: 'steps/mm', range: [0.001, 1e6]}),
  ...perAxis(110, {stem: 'MaximumMmPerMin', label: 'highest speed', unit: 'mm/min', range: [0.001, 1e6]}),
  ...perAxis(120, {stem: 'AccelerationMmPerS2', label: 'acceleration', unit: 'mm/s^2', range: [0.001, 1e6]}),
  ...perAxis(130, {stem: 'TravelMm', label: 'travel', unit: 'mm', range: [0.001, 1e5]}),
  ...wiring,
  ...report,
  ...path,
  ...limits,
  ...spindle,
];

/** Settings that other firmwares of the family keep as bit masks: written as 0 or 1 they would lose their other bits. */
const bitMasks: ReadonlySet<string> = new Set(['$4', '$5', '$6', '$20', '$21', '$22', '$32']);

/** The unit of positions: the only setting without which a report cannot be read. */
const unitSetting = '$13';

export interface OfferedParameters {
  readonly parameters: readonly Parameter[];
  /** Why positions cannot be read; '' when they can. */
  readonly problem: string;
}

/**
 * Those parameters that the controller has in a form that can be read: what it lacks, or keeps in a form of its own, is
 * left out and hinders nothing. With firmware other than GRBL itself, bit masks can only be read.
 */
export function offeredParameters(settings: ReadonlyMap<string, string>, isGrbl: boolean): OfferedParameters {
  const parameters = grblParameters.flatMap((parameter): Parameter[] => {
    const text = settings.get(parameter.read ?? '');
    if (text === undefined || !isReadable(parameter, text)) return [];
    if (isGrbl || !bitMasks.has(parameter.read ?? '')) return [parameter];
    return [
      {
        ...parameter,
        write: undefined,
        isReadOnly: true,
        hint: "a bit mask of this firmware: set it with the controller's own program",
      },
    ];
  });
  const unit = settings.get(unitSetting);
  const isUnitRead = unit === undefined || parameters.some(({read}) => read === unitSetting);
  return {
    parameters,
    problem: isUnitRead
      ? ''
      : `its setting ${unitSetting} (unit of reports) reads "${unit}" where 0 (mm) or 1 (inches) is expected`,
  };
}

function isReadable(parameter: Parameter, text: string): boolean {
  try {
    parameter.parse(text, {from: '', asked: parameter.read ?? ''});
    return true;
  } catch (error) {
    if (hasCode(error, 'device/bad-reply')) return false;
    throw error;
  }
}
