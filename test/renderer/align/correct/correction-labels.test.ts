import {expect, test} from 'vitest';
import type {CorrectionView} from '../../../../src/contract/api/index.ts';
import {
  comparisonLines,
  presentCorrection,
  wayText,
} from '../../../../src/renderer/features/align/correct/correction-labels.ts';

const figure = (value: number | null, low: number | null = null, high: number | null = null) => ({
  value,
  low,
  high,
});

test('tells before, after and change with intervals, and nothing where nothing is known', () => {
  const lines = comparisonLines({
    comparison: {
      planeCount: 4,
      correlation: {
        before: figure(0.8, 0.7, 0.9),
        after: figure(0.95, 0.9, 0.97),
        change: figure(0.15, 0.1, 0.2),
      },
      shareError: {before: figure(0.05), after: figure(0.02), change: figure(-0.03)},
      match: {before: figure(null), after: figure(null), change: figure(null)},
      text: '',
    },
    before: {lateralMm: 0.3, axialMm: null, rotationDeg: 0.4},
    after: null,
  });
  expect(lines.map(({name}) => name)).toEqual([
    'Correlation with the design',
    'Error of shares',
    'Verdicts as designed',
    'Plates off sideways, RMS',
    'Plates turned, RMS',
  ]);
  expect(lines[0]).toEqual({
    name: 'Correlation with the design',
    before: {text: '0.8000', spread: '0.7000 to 0.9000'},
    after: {text: '0.9500', spread: '0.9000 to 0.9700'},
    change: {text: '+0.1500', spread: '+0.1000 to +0.2000'},
  });
  expect(lines[1]?.change.text).toBe('\u22120.0300');
  expect(lines[2]?.before).toEqual({text: '–', spread: ''});
  expect(lines[3]?.after.text).toBe('–');
});

test('acts on the newest correction, unless its plates are back where they were', () => {
  const correction = (uid: string, state: CorrectionView['state']) => ({uid, state}) as CorrectionView;
  expect(presentCorrection([])).toBeNull();
  expect(presentCorrection([correction('b', 'done'), correction('a', 'undone')])?.uid).toBe('b');
  expect(presentCorrection([correction('b', 'undone'), correction('a', 'kept')])).toBeNull();
});

test('tells how long the ways take only where that is known and worth a word', () => {
  expect(wayText(null)).toBe('');
  expect(wayText(0.04)).toBe('');
  expect(wayText(12.3)).toMatch(/^The ways alone take about 12.* s\. $/);
});
