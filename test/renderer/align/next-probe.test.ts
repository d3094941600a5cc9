import {describe, expect, it} from 'vitest';
import type {ProbePlan} from '../../../src/contract/probe-plan.ts';
import {probeRows, probeSentence} from '../../../src/renderer/features/align/next-probe-labels.ts';

const sigma = (lateralMm: number | null) => ({lateralMm, rotationDeg: 0.021, axialMm: 0.0103});
const object = (label: string, lateralMm: number) => ({
  id: `mnist:${label}:1`,
  label,
  sample: `digit ${label}`,
  sigma: sigma(lateralMm),
});
const planOf = (before: number | null, ...after: readonly number[]): ProbePlan => ({
  format: 'd2nn-bench/probe-plan',
  version: 1,
  designHash: '',
  designName: 'digits',
  unexplainedRatio: 0.07,
  heightErrorMm: 0.02,
  additiveRatio: 0.003,
  multiplicativeRatio: 0.005,
  basis: '',
  measured: before === null ? null : {planeCount: 3, sigma: sigma(before)},
  objects: after.map((lateralMm, i) => object(`${5 + i}`, lateralMm)),
  scans: [
    {
      plan: {
        plan: 'grid',
        centerMm: {xMm: 0, yMm: 0},
        widthMm: 58,
        heightMm: 58,
        stepMm: 1,
        order: 'snake',
        residualRatio: 0.01,
        readingCount: 1,
        restMs: 0,
        referenceEvery: 400,
        referencePatchMm: 0,
        positionLimitMm: 0.1,
        onPositionLost: 'pause',
        averagePlanes: 1,
        averageFrequencies: 1,
        ditherSpanHz: 250e6,
      },
      pointCount: 3481,
      after: after.map((lateralMm, i) => ({
        objectCount: i + 1,
        sigma: sigma(lateralMm),
        seconds: 3600 * (i + 1),
      })),
    },
  ],
  choice: null,
  text: '',
});

describe('what to measure next', () => {
  it('is a row for what is known and one for each further object, with what it costs', () => {
    const rows = probeRows(planOf(0.0304, 0.0221, 0.0187));
    expect(rows.map(({name, lateral}) => [name, lateral])).toEqual([
      ['3 planes of this alignment', '30 µm'],
      ['digit 5', '22 µm'],
      ['and digit 6', '19 µm'],
    ]);
    expect(rows[0].cost).toBe('');
    expect(rows.map(({objects}) => objects)).toEqual([[], ['mnist:5:1'], ['mnist:5:1', 'mnist:6:1']]);
    expect(rows[2].cost).toContain('6,962 points');
  });

  it('says what the best object brings, and when none brings much', () => {
    expect(probeSentence(planOf(0.03, 0.022))).toBe(
      'Digit 5 is the most informative next: the worst plate will be known to 22 µm sideways instead of 30 µm.',
    );
    expect(probeSentence(planOf(0.03, 0.0295))).toContain('No further object adds much');
    expect(probeSentence(planOf(0.03))).toBe('There is no other object to measure.');
  });
});
