import {describe, expect, test} from 'vitest';
import {agoText, bytesText, durationText} from '../../../src/renderer/parts/time-text.ts';

describe('times and sizes in words', () => {
  test('says a duration in at most two units, without digits that say nothing', () => {
    expect([0.42, 3.2, 42, 59.6, 492, 7500, 200_000].map(durationText)).toEqual([
      '0.4 s',
      '3 s',
      '42 s',
      '1 min 00 s',
      '8 min 12 s',
      '2 h 05 min',
      '2 d 7 h',
    ]);
  });

  test('never says a negative duration, and a dash for one that is not known', () => {
    expect(durationText(-3)).toBe('0.0 s');
    expect(durationText(NaN)).toBe('–');
  });

  test('says how long ago something was', () => {
    expect([500, 12_000, 180_000, 7_200_000].map(agoText)).toEqual([
      'just now',
      '12 s ago',
      '3 min ago',
      '2 h ago',
    ]);
  });

  test('says sizes with the prefix that leaves one to three digits before the point', () => {
    expect([512, 18_200_000_000, 999_600].map(bytesText)).toEqual(['512 B', '18.2 GB', '1.0 MB']);
  });
});
