import {describe, expect, it} from 'vitest';
import {
  driftOf,
  driftText,
  isLineShiftCertain,
  isRippleCertain,
  lineShiftOf,
  lineShiftText,
  positionOf,
  positionText,
  rippleOf,
  rippleText,
} from '../../../src/renderer/features/scan/run-monitors.ts';
import {impliedQuantities} from '../../../src/renderer/run-data/index.ts';

const points = (columns: Readonly<Record<string, readonly number[]>>) => ({
  count: Object.values(columns)[0].length,
  columns: Object.entries(columns).map(([name, values]) => ({
    name,
    unit: '',
    values: Float64Array.from(values),
  })),
});

describe('what a scan says of itself', () => {
  it('is the drift of its reference point against the first visit, the phase the shorter way round', () => {
    const drift = driftOf(
      points({r_v: [2e-3, 1.9e-3, 1.98e-3], theta_deg: [179, 180, -179.5]}),
      impliedQuantities,
    );
    expect(drift?.visitCount).toBe(3);
    expect(drift && driftText(drift)).toBe('Reference −1.00 %, +1.50°');
    expect(driftOf(points({r_v: [1e-3], theta_deg: [0]}), impliedQuantities)).toBeNull();
  });

  it('is the place of the probe at the last visit', () => {
    const place = positionOf(
      points({
        shift_x_mm: [0, 0.201],
        shift_x_error_mm: [0.002, 0.003],
        shift_y_mm: [0, -0.001],
        shift_y_error_mm: [0.002, 0.004],
        is_lost: [0, 1],
      }),
    );
    expect(positionText(place)).toBe('Probe off x +0.201 ± 0.003, y −0.001 ± 0.004 mm');
    expect(place.isLost).toBe(true);
  });

  it('is the standing wave along the beam', () => {
    const ripple = rippleOf(
      points({
        amplitude_ratio: [0.0812],
        amplitude_error_ratio: [0.0004],
        period_mm: [0.37474],
        period_error_mm: [0.0002],
      }),
    );
    expect(rippleText(ripple)).toBe('Standing wave 8.12 ± 0.04 %, period 0.3747 ± 0.0002 mm');
    expect(isRippleCertain(ripple)).toBe(true);
    expect(isRippleCertain({...ripple, errorRatio: 0.03})).toBe(false);
  });

  it('is the shift of backward lines, certain only well beyond its error', () => {
    const shift = lineShiftOf(points({shift_um: [90, 32], shift_error_um: [30, 5], line_count: [6, 20]}));
    expect(lineShiftText(shift)).toBe('Backward lines +32 ± 5 µm');
    expect(isLineShiftCertain(shift)).toBe(true);
    expect(isLineShiftCertain({...shift, errorUm: 10})).toBe(false);
    expect(isLineShiftCertain({...shift, shiftUm: 8, errorUm: 1})).toBe(false);
  });
});
