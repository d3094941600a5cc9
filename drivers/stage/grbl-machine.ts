import {fixedText} from '../../src/base/number-format.ts';
import type {StageConfig} from '../../src/contract/bench-file.ts';
import type {PositionMm, SettingsSnapshot} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import type {BenchAxes, BenchAxis} from './bench-axes.ts';
import {brakingMs, type GrblRules, rulesFrom} from './grbl-rules.ts';
import {computeMoveMs} from './motion-time.ts';

/** What the controller's settings mean for motion: times, travel, g-code lines. Sends nothing. */
export interface GrblMachine {
  readonly isHomingOn: boolean;
  readonly homingTimeoutMs: number;
  /** Longest time to come to rest after a feed hold, ms. */
  readonly brakingMs: number;
  update(settings: SettingsSnapshot): void;
  /** With `$20=1` the controller allows -$130..0 only; a target beyond would end in an alarm. */
  checkTravel(targetMm: PositionMm): void;
  /** `isFirst`: the first move after homing, which is slow. */
  timeOfLegsMs(fromMm: PositionMm, legs: readonly PositionMm[], isFirst?: boolean): number;
  lineFor(legMm: PositionMm, isFirst?: boolean): string;
  /** Where a jog may go on an axis, bench frame, mm: soft limits, room for the approach, the controller's travel. */
  reachMm(axis: BenchAxis): readonly [minMm: number, maxMm: number];
  /** Distances by axis, bench frame. */
  jogLineFor(distancesMm: PositionMm, feedMmPerMin: number): string;
}

const coordinateDecimals = 4;
/** 15 mm/s: slow enough for a hand on the emergency stop. */
const defaultFirstMoveMmPerMin = 900;
/** Kept from the end of the travel, for a report is rounded and the controller counts steps, mm. */
const travelMarginMm = 0.01;

const wordOf = (letter: string, valueMm: number): string =>
  `${letter.toUpperCase()}${String(Number(valueMm.toFixed(coordinateDecimals)) + 0)}`;

export function createGrblMachine(axes: BenchAxes, config: StageConfig): GrblMachine {
  let rules = rulesFrom({});
  const {backlashMm, firstMoveMmPerMin = defaultFirstMoveMmPerMin} = config;
  const feedOf = (isFirst: boolean): number | undefined =>
    isFirst ? Math.min(firstMoveMmPerMin, config.feedMmPerMin ?? Infinity) : config.feedMmPerMin;
  return {
    get isHomingOn() {
      return rules.isHomingOn;
    },
    get homingTimeoutMs() {
      return rules.homingTimeoutMs;
    },
    get brakingMs() {
      return brakingMs(rules);
    },
    update(settings) {
      rules = rulesFrom(settings);
    },
    checkTravel(targetMm) {
      if (!rules.areSoftLimitsOn) return;
      for (const axis of axes.list) {
        const target = targetMm[axis.name];
        if (target === undefined) continue;
        for (const benchMm of [target, target - backlashMm])
          assertInTravel(axis, target, axes.toMachineMm(axis, benchMm), rules);
      }
    },
    timeOfLegsMs(fromMm, legs, isFirst = false) {
      let totalMs = 0;
      let atMm = fromMm;
      for (const leg of legs) {
        totalMs += computeMoveMs(deltasOf(axes, atMm, leg), rules.dynamics, feedOf(isFirst));
        atMm = {...atMm, ...leg};
      }
      return totalMs;
    },
    lineFor(legMm, isFirst = false) {
      const feedMmPerMin = feedOf(isFirst);
      // Every mode it depends on stands in the line itself, so nothing set elsewhere can change what it means.
      const head = feedMmPerMin === undefined ? 'G21G90G53G0' : 'G21G90G94G53G1';
      const words = axisWords(axes, legMm, (axis, benchMm) => axes.toMachineMm(axis, benchMm));
      return `${head}${words}${feedMmPerMin === undefined ? '' : wordOf('F', feedMmPerMin)}`;
    },
    reachMm(axis) {
      const [minimumMm, maximumMm] = axis.limitsMm;
      const [lowMm, highMm] = travelOf(axis, rules);
      return [Math.max(minimumMm, lowMm) + backlashMm, Math.min(maximumMm, highMm)];
    },
    jogLineFor(distancesMm, jogFeedMmPerMin) {
      const words = axisWords(axes, distancesMm, ({direction}, distanceMm) => direction * distanceMm);
      return `$J=G21G91${words}${wordOf('F', jogFeedMmPerMin)}`;
    },
  };
}

/** The words of a line for the axes that `valuesMm` names, in the machine's frame. */
const axisWords = (
  axes: BenchAxes,
  valuesMm: PositionMm,
  toMachine: (axis: BenchAxis, valueMm: number) => number,
): string =>
  axes.list
    .map((axis) => {
      const valueMm = valuesMm[axis.name];
      return valueMm === undefined ? '' : wordOf(axis.machineName, toMachine(axis, valueMm));
    })
    .join('');

/** Ways of the machine's axes between two positions, mm; 0 where one of them is not known. */
function deltasOf(axes: BenchAxes, fromMm: PositionMm, toMm: PositionMm): number[] {
  const deltas = [0, 0, 0];
  for (const axis of axes.list) {
    const from = fromMm[axis.name];
    const to = toMm[axis.name];
    if (from !== undefined && to !== undefined && Number.isFinite(from))
      deltas[axis.machineIndex] = to - from;
  }
  return deltas;
}

/** Ends of an axis's travel by the controller's soft limits, bench frame, mm; without them there is no end. */
function travelOf(axis: BenchAxis, rules: GrblRules): readonly [lowMm: number, highMm: number] {
  if (!rules.areSoftLimitsOn) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const lengthMm = rules.travelMm[axis.machineIndex] ?? Number.POSITIVE_INFINITY;
  const ends = [-lengthMm, 0].map((machineMm) => axis.direction * (machineMm - axis.originMm));
  return [Math.min(...ends) + travelMarginMm, Math.max(...ends) - travelMarginMm];
}

function assertInTravel(axis: BenchAxis, targetMm: number, machineMm: number, rules: GrblRules): void {
  const lengthMm = rules.travelMm[axis.machineIndex] ?? Number.POSITIVE_INFINITY;
  if (machineMm <= 1e-6 && machineMm >= -lengthMm - 1e-6) return;
  throw new BenchError(
    'motion/limit',
    `${axis.name} to ${targetMm} mm was refused: machine axis ${axis.machineName} would go to ${fixedText(machineMm, 3)} mm, ` +
      `and the controller's soft limits ($20=1) allow ${-lengthMm} to 0 mm. Nothing moved; choose another target, or correct originMm in the bench file.`,
    {details: {axis: axis.name, targetMm, machineMm, travelMm: lengthMm}},
  );
}
