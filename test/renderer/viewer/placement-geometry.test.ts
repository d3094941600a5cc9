import {describe, expect, it} from 'vitest';
import {
  exaggerationFor,
  findExaggeration,
  outlineCorners,
  pointAt,
  sideOutlines,
  targetErrorFactor,
  targetHalfMm,
  type PlacedPart,
} from '../../../src/renderer/viewer/drawing/placement-geometry.ts';

const part = (zMm: number, shift: Partial<PlacedPart> = {}): PlacedPart => ({
  label: `at ${zMm}`,
  mark: String(zMm),
  kind: 'plate',
  zMm,
  sideMm: 80,
  dxMm: {value: 0, sigma: null},
  dyMm: {value: 0, sigma: null},
  dzMm: {value: 0, sigma: null},
  rotationDeg: {value: 0, sigma: null},
  ellipse: null,
  ...shift,
});

describe('how much larger than to scale shifts are drawn', () => {
  it('is the largest round factor that keeps them in their room', () => {
    expect(exaggerationFor(0.3, 17)).toBe(50);
    expect(exaggerationFor(0.1, 17)).toBe(100);
    expect(exaggerationFor(40, 17)).toBe(1);
  });

  it('makes 0.1 mm on a plate of 80 mm as wide as a tenth of it at least', () => {
    const {across} = findExaggeration([part(30, {dxMm: {value: 0.1, sigma: 0.02}}), part(60)]);
    expect(0.1 * across).toBeGreaterThanOrEqual(8);
  });

  it('lets no plate reach the place of the next along the beam', () => {
    const {along} = findExaggeration([
      part(30, {dzMm: {value: 0.9, sigma: null}}),
      part(60, {dzMm: {value: -0.9, sigma: null}}),
    ]);
    expect(30 + 0.9 * along).toBeLessThan(60 - 0.9 * along);
    expect(along).toBeGreaterThan(1);
  });

  it('does not blow up a bench that stands right', () => {
    const {across} = findExaggeration([part(30, {dxMm: {value: 1e-5, sigma: 1e-6}}), part(60)]);
    expect(1e-5 * across).toBeLessThan(0.1);
  });

  it('gives error bars the factor of their shifts, or more where they would not be seen', () => {
    const wide = findExaggeration([part(30, {dxMm: {value: 0.3, sigma: 0.1}}), part(60)]);
    expect(wide.errorAcross).toBe(wide.across);
    const narrow = findExaggeration([part(30, {dxMm: {value: 0.3, sigma: 0.001}}), part(60)]);
    expect(narrow.errorAcross).toBe(5000);
  });
});

describe('outlines', () => {
  it('are turned from x to y about their shifted middle', () => {
    const [corner] = outlineCorners(2, {xMm: 10, yMm: 20}, 90);
    // The corner at +x, +y goes to -x, +y.
    expect(corner.xMm).toBeCloseTo(9, 12);
    expect(corner.yMm).toBeCloseTo(21, 12);
  });

  it('have points at a distance in a direction from x to y', () => {
    const point = pointAt({xMm: 1, yMm: 1}, 2, 90);
    expect(point.xMm).toBeCloseTo(1, 12);
    expect(point.yMm).toBeCloseTo(3, 12);
  });

  it('stand side-on where shifts and their factors put them', () => {
    const factors = {across: 50, along: 10, turn: 1, errorAcross: 100, errorAlong: 20, errorTurn: 1};
    const moved = part(30, {
      dxMm: {value: 0.2, sigma: 0.01},
      dyMm: {value: -0.1, sigma: null},
      dzMm: {value: -0.3, sigma: 0.05},
    });
    const [x] = sideOutlines([moved], 'x', factors);
    expect(x.found).toEqual({zMm: 27, acrossMm: 10});
    expect(x.designed).toEqual({zMm: 30, acrossMm: 0});
    expect(x.errorAcrossMm).toBe(1);
    expect(x.errorZMm).toBe(1);
    const [y] = sideOutlines([moved], 'y', factors);
    expect(y.found.acrossMm).toBeCloseTo(-5, 12);
    expect(y.errorAcrossMm).toBeNull();
  });
});

describe('the plot of shifts', () => {
  const shifted = part(30, {
    dxMm: {value: 0.31, sigma: 0.02},
    dyMm: {value: -0.42, sigma: 0.02},
    ellipse: {majorMm: 0.002, minorMm: 0.001, angleDeg: 10},
  });

  it('holds every shift with its ellipse', () => {
    const factor = targetErrorFactor([shifted]);
    expect(targetHalfMm([shifted], factor)).toBeGreaterThan(0.42 + 0.002 * factor);
  });

  it('draws the largest ellipse as large as is seen beside the shifts', () => {
    expect(targetErrorFactor([shifted])).toBe(20);
    expect(targetErrorFactor([{...shifted, ellipse: {majorMm: 0.1, minorMm: 0.1, angleDeg: 0}}])).toBe(1);
  });
});
