import {flag, integer, number} from '../kit/index.ts';
import type {Parameter} from '../kit/index.ts';

/** Settings of GRBL 1.1h (gnea/grbl doc/markdown/settings.md). `read` is the key in the `$$` listing. */

const axes = ['x', 'y', 'z'] as const;
/** Settings are printed with three decimals. */
const printed = {decimals: 3, resolution: 0.0011} as const;

const setting = (id: number) => ({read: `$${id}`, write: `$${id}={value}`});

const perAxis = (
  firstId: number,
  stem: string,
  label: string,
  unit: string,
  range: readonly [number, number],
): Parameter[] =>
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
  flag({...setting(4), group: 'wiring', name: 'isEnablePinInverted', label: 'Step enable pin inverted'}),
  flag({...setting(5), group: 'wiring', name: 'areLimitPinsInverted', label: 'Limit pins inverted'}),
  flag({...setting(6), group: 'wiring', name: 'isProbePinInverted', label: 'Probe pin inverted'}),
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
  flag({
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
  flag({
    ...setting(20),
    group: 'limits and homing',
    name: 'areSoftLimitsOn',
    label: "The controller's own soft limits",
    hint: 'needs homing',
  }),
  flag({
    ...setting(21),
    group: 'limits and homing',
    name: 'areHardLimitsOn',
    label: 'Limit switches stop the stage',
  }),
  flag({...setting(22), group: 'limits and homing', name: 'isHomingOn', label: 'Homing cycle enabled'}),
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
  flag({...setting(32), group: 'spindle', name: 'isLaserModeOn', label: 'Laser mode'}),
];

export const grblParameters: readonly Parameter[] = [
  ...perAxis(100, 'StepsPerMm', 'steps', 'steps/mm', [0.001, 1e6]),
  ...perAxis(110, 'MaximumMmPerMin', 'highest speed', 'mm/min', [0.001, 1e6]),
  ...perAxis(120, 'AccelerationMmPerS2', 'acceleration', 'mm/s^2', [0.001, 1e6]),
  ...perAxis(130, 'TravelMm', 'travel', 'mm', [0.001, 1e5]),
  ...wiring,
  ...report,
  ...path,
  ...limits,
  ...spindle,
];
