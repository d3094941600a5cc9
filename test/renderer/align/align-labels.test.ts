import {describe, expect, it} from 'vitest';
import {
  parameterText,
  plainSentence,
  whyNotIdentified,
} from '../../../src/renderer/features/align/align-labels.ts';
import {result} from './fixtures.ts';

describe('names of the estimator in people’s words', () => {
  it.each([
    ['plate3.dx', 'plate 3 shift x'],
    ['plates.n', 'all plates index n'],
    ['frame.rotation', 'scan frame turn'],
    ['beam.centerX', 'light centre x'],
  ])('%s is %s', (name, words) => {
    expect(parameterText(name)).toBe(words);
  });

  it('replaces every name in a sentence and begins it large', () => {
    expect(plainSentence('plate2.dz and frame.scale make up for each other.')).toBe(
      'Plate 2 shift z and scan frame scale make up for each other.',
    );
  });

  it('sets plus-minus and minus signs', () => {
    expect(plainSentence('by 0.31 +- 0.02 mm to the right, towards -x')).toBe(
      'By 0.31 ± 0.02 mm to the right, towards \u2212x',
    );
  });

  it('leaves numbers with a point alone', () => {
    expect(plainSentence('height errors of 0.061 mm in every pixel.')).toBe(
      'Height errors of 0.061 mm in every pixel.',
    );
  });
});

describe('why a number is not told', () => {
  const parameter = (name: string) => {
    const found = result.parameters.find((one) => one.name === name);
    if (!found) throw new Error(`no ${name} in the fixture`);
    return found;
  };

  it('is nothing for one that is told', () => {
    expect(whyNotIdentified(parameter('plate1.dx'), result.degeneracies, null)).toBe('');
  });

  it('names what it cannot be told apart from', () => {
    expect(whyNotIdentified(parameter('plate2.dz'), result.degeneracies, null)).toBe(
      'Cannot be distinguished from scan frame scale with these planes.',
    );
  });

  it('says that it rests on what was assumed when only that holds it', () => {
    const words = whyNotIdentified(parameter('plate2.dz'), [], 5);
    expect(words.replaceAll('\u202f', ' ')).toContain('assumed beforehand (±5 mm)');
  });

  it('says that the planes say nothing when there is no error bar at all', () => {
    expect(whyNotIdentified({...parameter('plate2.dz'), sigma: null}, [], 5)).toBe(
      'These planes hold no information on it.',
    );
  });
});
