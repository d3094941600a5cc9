import type {StageConfig} from '../../src/contract/bench-file.ts';
import type {PositionMm, SettingsSnapshot} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import {mmPerSFromMmPerMin, msFromS} from '../../src/contract/units.ts';
import type {BenchAxes, BenchAxis} from './bench-axes.ts';
import {computeMoveMs} from './motion-time.ts';
import type {AxisDynamics} from './motion-time.ts';

/** What the controller's settings mean for motion: times, travel, g-code lines. Sends nothing. */
export interface GrblMachine {
  readonly isHomingOn: boolean;
  readonly homingTimeoutMs: number;
  /** Longest time to come to rest after a feed hold, ms. */
  readonly brakingMs: number;
  update(settings: SettingsSnapshot): void;
  /** With `$20=1` the controller allows -$130..0 only; a target beyond would end in an alarm. */
  checkTravel(targetMm: PositionMm): void;
  timeOfLegsMs(fromMm: PositionMm, legs: readonly PositionMm[]): number;
  lineFor(legMm: PositionMm): string;
  /** Where a jog may go on an axis, bench frame, mm: soft limits, room for the approach, the controller's travel. */
  reachMm(axis: BenchAxis): readonly [minMm: number, maxMm: number];
  /** Distances by axis, bench frame. */
  jogLineFor(distancesMm: PositionMm, feedMmPerMin: number): string;
}

const letters = ['x', 'y', 'z'] as const;
/** Of a controller that does not tell: GRBL's own slow defaults, so that a time limit is rather too long. */
const slowDynamics: AxisDynamics = {rateMmPerMin: 500, accelerationMmPerS2: 10};
/** GRBL searches for a switch over 1.5 times the travel and locates it over 5 times the pull-off. */
const seekFactor = 1.5;
const locateFactor = 5;
const homingMarginMs = 15_000;
const coordinateDecimals = 4;
/** Kept from the end of the travel, for a report is rounded and the controller counts steps, mm. */
const travelMarginMm = 0.01;

const wordOf = (letter: string, valueMm: number): string =>
  `${letter.toUpperCase()}${String(Number(valueMm.toFixed(coordinateDecimals)) + 0)}`;

const numberOf = (settings: SettingsSnapshot, name: string, otherwise: number): number => {
  const value = settings[name];
  // Speeds, accelerations and lengths: what is not positive tells nothing.
  return typeof value === 'number' && value > 0 ? value : otherwise;
};

export function createGrblMachine(axes: BenchAxes, config: StageConfig): GrblMachine {
  let dynamics: AxisDynamics[] = letters.map(() => slowDynamics);
  let travelMm: number[] = letters.map(() => Number.POSITIVE_INFINITY);
  let isHomingOn = false;
  let isSoftLimitOn = false;
  let homingTimeoutMs = homingMarginMs;

  const deltasOf = (fromMm: PositionMm, toMm: PositionMm): number[] => {
    const deltas = [0, 0, 0];
    for (const axis of axes.list) {
      const from = fromMm[axis.name];
      const to = toMm[axis.name];
      if (from !== undefined && to !== undefined && Number.isFinite(from))
        deltas[axis.machineIndex] = to - from;
    }
    return deltas;
  };

  const computeHomingMs = (settings: SettingsSnapshot): number => {
    const longestMm = Math.max(...travelMm.filter(Number.isFinite), 0);
    const seekMs = msFromS(
      (seekFactor * longestMm) / mmPerSFromMmPerMin(numberOf(settings, 'homingSeekMmPerMin', 500)),
    );
    const pullOffMm = numberOf(settings, 'homingPullOffMm', 1);
    const locateMs = msFromS(
      (locateFactor * pullOffMm) / mmPerSFromMmPerMin(numberOf(settings, 'homingLocateMmPerMin', 25)),
    );
    // Z first and then X and Y together: two cycles, each with its pull-offs.
    return 2 * (seekMs + 3 * locateMs) + homingMarginMs;
  };

  return {
    get isHomingOn() {
      return isHomingOn;
    },
    get homingTimeoutMs() {
      return homingTimeoutMs;
    },
    get brakingMs() {
      return Math.max(
        ...dynamics.map(({rateMmPerMin, accelerationMmPerS2}) =>
          msFromS(mmPerSFromMmPerMin(rateMmPerMin) / accelerationMmPerS2),
        ),
      );
    },
    update(settings) {
      dynamics = letters.map((letter) => ({
        rateMmPerMin: numberOf(settings, `${letter}MaximumMmPerMin`, slowDynamics.rateMmPerMin),
        accelerationMmPerS2: numberOf(
          settings,
          `${letter}AccelerationMmPerS2`,
          slowDynamics.accelerationMmPerS2,
        ),
      }));
      travelMm = letters.map((letter) => numberOf(settings, `${letter}TravelMm`, Number.POSITIVE_INFINITY));
      isHomingOn = settings['isHomingOn'] === true;
      isSoftLimitOn = settings['areSoftLimitsOn'] === true;
      homingTimeoutMs = computeHomingMs(settings);
    },
    checkTravel(targetMm) {
      if (!isSoftLimitOn) return;
      for (const axis of axes.list) {
        const target = targetMm[axis.name];
        if (target === undefined) continue;
        const lengthMm = travelMm[axis.machineIndex] ?? Number.POSITIVE_INFINITY;
        for (const benchMm of [target, target - config.backlashMm]) {
          const machineMm = axes.toMachineMm(axis, benchMm);
          if (machineMm <= 1e-6 && machineMm >= -lengthMm - 1e-6) continue;
          throw new BenchError(
            'motion/limit',
            `${axis.name} to ${target} mm was refused: machine axis ${axis.machineName} would go to ${machineMm.toFixed(3)} mm, ` +
              `and the controller's soft limits ($20=1) allow ${-lengthMm} to 0 mm. Nothing moved; choose another target, or correct originMm in the bench file.`,
            {details: {axis: axis.name, targetMm: target, machineMm, travelMm: lengthMm}},
          );
        }
      }
    },
    timeOfLegsMs(fromMm, legs) {
      let totalMs = 0;
      let atMm = fromMm;
      for (const leg of legs) {
        totalMs += computeMoveMs(deltasOf(atMm, leg), dynamics, config.feedMmPerMin);
        atMm = {...atMm, ...leg};
      }
      return totalMs;
    },
    lineFor(legMm) {
      // Every mode it depends on stands in the line itself, so nothing set elsewhere can change what it means.
      const feed = config.feedMmPerMin;
      const head = feed === undefined ? 'G21G90G53G0' : 'G21G90G94G53G1';
      const words = axes.list.flatMap((axis) => {
        const benchMm = legMm[axis.name];
        return benchMm === undefined ? [] : [wordOf(axis.machineName, axes.toMachineMm(axis, benchMm))];
      });
      return `${head}${words.join('')}${feed === undefined ? '' : wordOf('F', feed)}`;
    },
    reachMm(axis) {
      const [minimumMm, maximumMm] = axis.limitsMm;
      const lengthMm = travelMm[axis.machineIndex] ?? Number.POSITIVE_INFINITY;
      const ends = [-lengthMm, 0].map((machineMm) => axis.direction * (machineMm - axis.originMm));
      const [lowMm, highMm] = isSoftLimitOn
        ? [Math.min(...ends) + travelMarginMm, Math.max(...ends) - travelMarginMm]
        : [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      return [Math.max(minimumMm, lowMm) + config.backlashMm, Math.min(maximumMm, highMm)];
    },
    jogLineFor(distancesMm, feedMmPerMin) {
      const words = axes.list.flatMap((axis) => {
        const distanceMm = distancesMm[axis.name];
        return distanceMm === undefined ? [] : [wordOf(axis.machineName, axis.direction * distanceMm)];
      });
      return `$J=G21G91${words.join('')}${wordOf('F', feedMmPerMin)}`;
    },
  };
}
