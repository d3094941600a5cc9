import {expect, it} from 'vitest';
import type {AsBuiltPlate} from '../../../src/contract/as-built.ts';
import {findingsText} from '../../../src/renderer/features/calibrate/findings-text.ts';

const found = (value: number) => ({value, sigma: 0.01});
const plate: AsBuiltPlate = {
  plate: 1,
  dxMm: found(0.1),
  dyMm: found(0),
  dzMm: found(0),
  rotationDeg: found(0.2),
  refractiveIndex: found(1.72),
  extinction: 0.03,
  heights: {source: 'designed', rmsMm: 0, meanMm: 0, errorMm: null, recovered: [], resolutionMm: null},
};

it('names the plate that is tilted most, where tilts were looked for', () => {
  const text = findingsText([plate, {...plate, plate: 2, tiltXDeg: found(-0.3), tiltYDeg: found(0.4)}]);
  expect(text).toContain('Plate 2 is tilted most, by 0.50°.');
  expect(findingsText([plate])).not.toContain('tilted');
});
