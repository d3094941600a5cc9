import {describe, expect, it} from 'vitest';
import {acceptRefusal, replacedBy, undoRefusal} from '../../../src/renderer/features/align/acceptance.ts';
import {agreementLines} from '../../../src/renderer/features/align/agreement-lines.ts';
import {correctionLines} from '../../../src/renderer/features/align/corrections-by-part.ts';
import {canStart} from '../../../src/renderer/features/align/start-refusal.ts';
import {result, summary} from './fixtures.ts';

describe('accepting a placement', () => {
  it('is offered for trusted and doubtful results', () => {
    expect(acceptRefusal(summary)).toBeUndefined();
    expect(acceptRefusal({...summary, verdict: 'doubtful'})).toBeUndefined();
  });

  it('is refused for one that failed, is active, or is of a bench that has changed', () => {
    expect(acceptRefusal({...summary, verdict: 'failed'})).toContain('failed');
    expect(acceptRefusal({...summary, status: 'active'})).toContain('active already');
    expect(acceptRefusal({...summary, status: 'bench-changed'})).toContain('changed');
  });

  it('can be revoked only while it is active', () => {
    expect(undoRefusal({status: 'active'})).toBeUndefined();
    expect(undoRefusal({status: 'proposed'})).toBe('It is not active.');
  });

  it('names what it replaces: of the same bench and design alone', () => {
    const active = {...summary, uid: 'b', status: 'active' as const};
    expect(replacedBy(summary, [active])?.uid).toBe('b');
    expect(replacedBy(summary, [{...active, designHash: 'sha256:other'}])).toBeUndefined();
    expect(replacedBy(summary, [{...active, benchName: 'other'}])).toBeUndefined();
    expect(replacedBy(active, [active])).toBeUndefined();
  });
});

describe('before and after', () => {
  const line = (name: string, of = result) => {
    const found = agreementLines(of).find((one) => one.name === name);
    if (!found) throw new Error(`no line ${name}`);
    return found;
  };

  it('tells the mean correlation with the worst and the best plane', () => {
    expect(line('Correlation').before).toEqual({text: '0.800', spread: '0.750 to 0.850'});
    expect(line('Correlation').after).toEqual({text: '0.9900', spread: '0.9850 to 0.9950'});
  });

  it('tells the match with the interval of its rate', () => {
    const {text, spread} = line('Brightest region as predicted').after;
    expect(text).toBe('2 of 2');
    expect(spread).toMatch(/^\d+ to 100 %$/);
  });

  it('does not write a zero where noise alone is left', () => {
    const clean = {...result, after: {...result.after, unexplainedRatio: 0}};
    expect(line('Light not explained', clean).after.text).toBe('none beyond the noise');
  });

  it('says that nothing is explained where errors add up to more than the light', () => {
    const wild = {...result, before: {...result.before, unexplainedRatio: 2.51}};
    expect(line('Light not explained', wild).before.text).toBe('all of it');
  });

  it('says why there is no share error where the scan does not cover the regions', () => {
    const small = {...result, before: {...result.before, shareError: null, matchCount: null}};
    expect(line('Error of shares', small).before.text).toContain('does not cover');
    expect(line('Brightest region as predicted', small).before.text).toContain('does not cover');
  });
});

describe('corrections', () => {
  const item = {plateIndex: 0, change: 0.1, sigma: 0.01, unit: 'mm' as const, reason: '', cost: null};
  const lines = correctionLines([
    {
      ...item,
      part: 'plate 1',
      quantity: 'dx',
      isNeeded: false,
      text: 'move plate 1 by 0.01 +- 0.02 mm up',
      reason: 'below what matters',
    },
    {...item, part: 'plate 2', quantity: 'dx', isNeeded: false, text: 'move plate 2 by 0.01 +- 0.02 mm up'},
    {
      ...item,
      part: 'plate 1',
      quantity: 'dy',
      isNeeded: true,
      text: 'move plate 1 by 0.31 +- 0.02 mm to the left',
    },
    {
      ...item,
      part: 'plate 1',
      quantity: 'rotation',
      isNeeded: true,
      text: 'turn plate 1 by 0.4 +- 0.1 degrees clockwise',
      cost: {correlation: 0.031, match: 0, text: 'costs 3.1 % of the correlation and no verdict'},
    },
  ]);

  it('are one line for each part, in the order of the host', () => {
    expect(lines.map(({part, text, isNeeded}) => [part, text, isNeeded])).toEqual([
      [
        'Plate 1',
        'Move by 0.31 ± 0.02 mm to the left; turn by 0.4 ± 0.1 degrees clockwise (costs 3.1 % of the correlation and no verdict).',
        true,
      ],
      ['Plate 2', 'Nothing to do.', false],
    ]);
  });

  it('keep what may stay apart, with why', () => {
    expect(lines[0].others).toEqual(['Move by 0.01 ± 0.02 mm up: below what matters.']);
  });
});

describe('starting', () => {
  const source = {isUsable: true, problem: ''};

  it('is possible with a usable session and a plane', () => {
    expect(canStart({source, planeCount: 1, isLoading: false})).toBeUndefined();
  });

  it('says what is missing', () => {
    expect(canStart({source, planeCount: 0, isLoading: false})).toBe('Choose at least one plane.');
    expect(
      canStart({source: {isUsable: false, problem: 'No mask is stored.'}, planeCount: 3, isLoading: false}),
    ).toBe('No mask is stored.');
    expect(canStart({source: null, planeCount: 0, isLoading: true})).toContain('asked for');
  });
});
