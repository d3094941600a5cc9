import {expandFactor, fullScaleV, type Sr830Settings} from './sr830-settings.ts';

/** What the instrument reports and stores at a refresh. */
export interface Outputs {
  /** Input-referred, with offset, quantised, V (or A). */
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly thetaDeg: number;
}

/** Outputs are limited to this part of full scale. */
export const overloadRatio = 1.09;
/** Resolution of theta, a power of two, degrees. */
export const thetaStepPower = -7;

/** Exponent of two of the output resolution: 16-bit signed mantissa that holds 109 % of the expanded full scale. */
export const outputStepPower = (fullScale: number, expand: number): number =>
  Math.ceil(Math.log2((overloadRatio * fullScale) / expand)) - 15;

const quantise = (value: number, stepPower: number): number => {
  const step = 2 ** stepPower;
  return Math.round(value / step) * step + 0;
};

/** Outputs of X and Y behind the filter (V) as they are set; `unit` is 1, or 1e-6 A/V with a current input. */
export function outputsOf(
  settings: Sr830Settings,
  [rawX, rawY]: readonly [number, number],
  unit: number,
): Outputs {
  const fullScale = fullScaleV(settings);
  const shown = (value: number, index: 0 | 1 | 2): number => {
    const offset = settings.offsets[index];
    const expand = expandFactor(offset);
    const limit = (overloadRatio * fullScale) / expand;
    const limited = Math.max(-limit, Math.min(limit, value - (offset.percent / 100) * fullScale));
    return quantise(limited * unit, outputStepPower(fullScale * unit, expand));
  };
  // R and theta come from X and Y as the outputs resolve them (before the offset), so that the four agree.
  const coarse = (value: number): number => {
    const limit = overloadRatio * fullScale;
    return quantise(Math.max(-limit, Math.min(limit, value)), outputStepPower(fullScale, 1));
  };
  const [x, y] = [coarse(rawX), coarse(rawY)];
  const thetaDeg = quantise((Math.atan2(y, x) * 180) / Math.PI, thetaStepPower);
  return {
    x: shown(rawX, 0),
    y: shown(rawY, 1),
    r: Math.max(settings.offsets[2].percent === 0 ? 0 : -Infinity, shown(Math.hypot(x, y), 2)),
    thetaDeg: thetaDeg <= -180 ? 180 : thetaDeg,
  };
}
