import {BenchError} from '../../contract/errors.ts';

/** A detector's calibration: detected power (any linear unit) at rising voltages, both from 0 upwards. */
export interface PowerCurve {
  readonly voltageV: readonly number[];
  readonly power: readonly number[];
}

/** Readings made linear in power, in their order. */
export interface LinearValues {
  readonly values: Float64Array;
  /** d power / d voltage at each value: what carries a sigma from volts to power. */
  readonly slope: Float64Array;
}

/**
 * Turns volts into values linear in power: by the curve, straight between its points, or unchanged without one
 * (square law: volts follow power). Values below zero are noise about zero and follow the first piece mirrored.
 * Refuses voltages beyond the curve: a detector above its calibrated range compresses in unknown ways.
 */
export function lineariseVoltages(voltageV: ArrayLike<number>, curve?: PowerCurve): LinearValues {
  const values = Float64Array.from(voltageV);
  const slope = new Float64Array(values.length).fill(1);
  if (curve === undefined) return {values, slope};
  assertCurve(curve);
  const {voltageV: volts, power} = curve;
  const lastV = volts.at(-1)!;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (!(size <= lastV))
      throw new BenchError(
        'device/out-of-range',
        `Point ${i} reads ${values[i]} V, beyond the detector's calibration up to ${lastV} V; ` +
          'calibrate further or lower the source.',
        {details: {index: i, limitV: lastV}},
      );
    let piece = 1;
    while (volts[piece] < size) piece++;
    slope[i] = (power[piece] - power[piece - 1]) / (volts[piece] - volts[piece - 1]);
    values[i] = Math.sign(values[i]) * (power[piece - 1] + slope[i] * (size - volts[piece - 1]));
  }
  return {values, slope};
}

/**
 * Power from a signal that is proportional to the field: its square, without the noise that squaring adds on average.
 * `parts` is 2 for the magnitude of a complex signal, 1 for a real one; `noise` that of one reading of one part. The
 * slope is that of the standard deviation, sqrt(4 s^2 sigma^2 + 2 parts sigma^4) / sigma, which is not 0 without signal.
 */
export function squareSignal(
  signal: ArrayLike<number>,
  {noise, parts}: {readonly noise: number; readonly parts: 1 | 2},
): LinearValues {
  const values = Float64Array.from(signal, (value) => value ** 2 - parts * noise ** 2);
  const slope = Float64Array.from(signal, (value) => 2 * Math.hypot(value, noise * Math.sqrt(parts / 2)));
  return {values, slope};
}

function assertCurve({voltageV, power}: PowerCurve): void {
  const isRising = (list: readonly number[]): boolean =>
    list.every((value, i) => Number.isFinite(value) && (i === 0 ? value === 0 : value > list[i - 1]));
  if (voltageV.length < 2 || voltageV.length !== power.length || !isRising(voltageV) || !isRising(power))
    throw new BenchError(
      'file/invalid',
      'A power curve needs as many powers as voltages, two or more, both from 0 and rising.',
    );
}
