import fc from 'fast-check';
import {expect, it} from 'vitest';
import {niceStep} from '../../src/base/nice-step.ts';

it('cuts a span into about as many parts as wanted, by steps of 1, 2 or 5', () => {
  expect([0.7, 13, 4400].map((span) => niceStep(span, 5))).toEqual([0.1, 2, 1000]);
  fc.assert(
    fc.property(
      fc.double({min: 1e-9, max: 1e9, noNaN: true}),
      fc.integer({min: 1, max: 20}),
      (span, wanted) => {
        const step = niceStep(span, wanted);
        const lead = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
        expect(Math.min(...[1, 2, 5].map((nice) => Math.abs(lead - nice)))).toBeLessThan(1e-6);
        expect(span / step / wanted).toBeGreaterThan(0.5);
        expect(span / step / wanted).toBeLessThan(2);
      },
    ),
  );
});
