import {describe, expect, it} from 'vitest';
import {suspendersFrom} from '../../src/cli/read-suspenders.ts';
import {suspenderNames} from '../../src/cli/settings-options.ts';
import {suspenderSchema} from '../../src/contract/suspender.ts';

describe('--suspend', () => {
  it('takes a condition by name, with its number, or whole as JSON', () => {
    expect(
      suspendersFrom({
        suspend: [
          'source-status',
          'disk-space=2e9',
          '{"when": "input", "role": "lockin", "parameter": "auxInput1V", "maximum": 2.5, "settleS": 60, "source": "off"}',
        ],
      }),
    ).toEqual([
      {when: 'source-status', settleS: 30},
      {when: 'disk-space', leastBytes: 2e9, hysteresisBytes: 50e6, settleS: 30, source: 'keep'},
      {
        when: 'input',
        role: 'lockin',
        parameter: 'auxInput1V',
        maximum: 2.5,
        hysteresis: 0,
        settleS: 60,
        source: 'off',
      },
    ]);
  });

  it('names every condition that there is', () => {
    const known = suspenderSchema.options.map(({shape}) => shape.when.value);
    expect([...suspenderNames].toSorted()).toEqual(known.toSorted());
  });

  it('leaves it to the bench file without the option, and takes all away with none', () => {
    expect(suspendersFrom({})).toBeUndefined();
    expect(suspendersFrom({suspend: ['none']})).toEqual([]);
  });

  it.each([
    ['the-moon', /--suspend the-moon was refused/],
    ['reference-lock=3', /has no number/],
    ['disk-space=plenty', /field leastBytes|NaN/],
    ['{"when": "source-level", "source": "off"}', /source/],
    ['{"when": "input", "role": "lockin", "parameter": "x"}', /minimum, maximum or both/],
    ['{', /no JSON/],
  ])('refuses %s before anything is started', (text, message) => {
    expect(() => suspendersFrom({suspend: [text]})).toThrow(message);
  });
});
