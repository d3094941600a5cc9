import {describe, expect, it} from 'vitest';
import {
  commonRange,
  regionsOnScan,
  residualRange,
  residualText,
  summariseResidual,
} from '../../../src/renderer/features/align/probe-planes.ts';

describe('residuals in sigma', () => {
  it('are summed up without the points that were not used', () => {
    const summary = summariseResidual([1, -1, NaN, 4, 0]);
    expect(summary?.pointCount).toBe(4);
    expect(summary?.rmsSigma).toBeCloseTo(Math.sqrt(18 / 4), 10);
    expect(summary?.beyondRatio).toBe(0.25);
    expect(summary?.largestSigma).toBe(4);
  });

  it('say so when no point was used', () => {
    expect(residualText(summariseResidual([NaN, NaN]))).toBe('No point of this plane was used.');
  });

  it('are coloured from three sigma on at least, so that noise looks calm', () => {
    expect(residualRange([0.5, -1, NaN])).toEqual([-3, 3]);
  });

  it('are not coloured after a single wild point', () => {
    const values = Array.from({length: 2000}, (_, i) => Math.sin(i) * 5);
    expect(residualRange([...values, 900])[1]).toBe(5);
  });
});

describe('one scale for measured and predicted', () => {
  it('spans both and has no eyes for unmeasured cells', () => {
    const range = commonRange([
      {values: new Float32Array([NaN, 1, 2])},
      {values: new Float32Array([0.5, NaN, 1])},
    ]);
    expect(range).toEqual([0.5, 2]);
  });

  it('is a usable one also for nothing', () => {
    expect(commonRange([{values: new Float32Array([NaN])}])).toEqual([0, 1]);
  });
});

describe('regions on the scan', () => {
  const region = {label: '7', centerXMm: 20, centerYMm: 10, widthMm: 4, heightMm: 2};

  it('lie where the frame has them: p = scale R s + shift, solved for s', () => {
    const frame = {dxMm: 0.4, dyMm: -0.3, rotationDeg: 3, scale: 1.01};
    const [box] = regionsOnScan([region], frame);
    const s = {
      x: (box.rectMm.xMm[0] + box.rectMm.xMm[1]) / 2,
      y: (box.rectMm.yMm[0] + box.rectMm.yMm[1]) / 2,
    };
    const angle = (frame.rotationDeg * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    expect(frame.scale * (cos * s.x - sin * s.y) + frame.dxMm).toBeCloseTo(20, 9);
    expect(frame.scale * (sin * s.x + cos * s.y) + frame.dyMm).toBeCloseTo(10, 9);
    expect(box.rectMm.xMm[1] - box.rectMm.xMm[0]).toBeCloseTo(4 / 1.01, 9);
  });
});
