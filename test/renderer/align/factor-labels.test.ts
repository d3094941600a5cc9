import {describe, expect, it} from 'vitest';
import {factorText} from '../../../src/renderer/features/align/factor-labels.ts';

const factors = {across: 20, along: 10, turn: 50, errorAcross: 1000, errorAlong: 500, errorTurn: 50};

describe('how much larger than to scale', () => {
  it('is told of shifts and their error bars', () => {
    expect(factorText(factors, 'side')).toBe(
      'Sizes and places to scale; shifts across × 20, along z × 10, error bars (one sigma) of shifts × 1,000, along z × 500.',
    );
  });

  it('is told once where it is the same', () => {
    const same = {...factors, along: 20, errorAcross: 20, errorAlong: 20};
    expect(factorText(same, 'side')).toBe(
      'Sizes and places to scale; shifts × 20, error bars (one sigma) likewise.',
    );
  });

  it('says that what is not blown up is to scale', () => {
    const plain = {...factors, across: 1, errorAcross: 1};
    expect(factorText(plain, 'face')).toContain('shifts to scale, turns × 50');
  });
});
