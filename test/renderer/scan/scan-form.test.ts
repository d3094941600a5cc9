import {describe, expect, it} from 'vitest';
import {planNames} from '../../../src/contract/plan-names.ts';
import {planSpecSchema} from '../../../src/contract/plan-spec.ts';
import {gridGeometry} from '../../../src/host/plans/geometry.ts';
import {
  frameOfPlan,
  limitProblemsOf,
  pathOf,
  pointCountOf,
  refusedPoints,
} from '../../../src/renderer/features/scan/plan-geometry.ts';
import {lengthText, planSentence, refusedText} from '../../../src/renderer/features/scan/plan-labels.ts';
import {
  parsePresets,
  printPresets,
  withoutPreset,
  withPreset,
} from '../../../src/renderer/features/scan/presets.ts';
import {
  checkForm,
  cornersOf,
  defaultForm,
  formOfPlan,
  planOfStart,
  withCorners,
} from '../../../src/renderer/features/scan/scan-form.ts';

const dryRun = {
  isAllowed: true,
  refusal: '',
  refusalCode: '',
  points: 6561,
  pathLengthMm: 6561,
  seconds: 560,
  limitsMm: {x: [-30, 30], y: [-30, 30]} as const,
  extentMm: {x: [-40, 40], y: [-20, 31.5]} as const,
  pathMm: Float32Array.from([1, 2, 3, 4]),
  violations: [],
  violationCount: 0,
  refusedMm: new Float32Array(),
  notes: [],
};

describe('the plan form', () => {
  it('makes a plan that the contract takes, of each kind, and gets the form back from it', () => {
    for (const kind of planNames) {
      const form = {...defaultForm, kind, referenceEvery: 100, hasReferencePosition: true, referenceXMm: 3};
      const {plan, problems} = checkForm(form);
      expect(problems).toEqual({});
      if (!plan) throw new Error(`The ${kind} plan was refused.`);
      expect(planSpecSchema.parse(plan)).toEqual(plan);
      expect(checkForm(formOfPlan(plan, defaultForm)).plan).toEqual(plan);
    }
  });

  it('asks for averages and says what is wrong with them in the unit of the field', () => {
    const form = {...defaultForm, averagePlanes: 2, averageFrequencies: 3, ditherSpanMhz: 200} as const;
    const {plan} = checkForm(form);
    expect(plan).toMatchObject({averagePlanes: 2, averageFrequencies: 3, ditherSpanHz: 2e8});
    expect(plan && pointCountOf(plan, null)).toBe(6 * 31 * 31);
    expect(checkForm({...form, ditherSpanMhz: 2e6}).problems).toEqual({
      ditherSpanMhz: 'At most 1000000 MHz.',
    });
    expect(checkForm({...form, averageFrequencies: 17}).problems).toEqual({
      averageFrequencies: 'At most 16.',
    });
    const ripple = checkForm({...defaultForm, kind: 'ripple', rippleSpanMm: 0});
    expect(ripple.problems).toEqual({rippleSpanMm: 'More than 0 mm.'});
  });

  it('gives the residual as a ratio without the noise of a division', () => {
    expect(checkForm({...defaultForm, residualPercent: 0.7}).plan?.residualRatio).toBe(0.007);
  });

  it('says at the field what is wrong, in words', () => {
    expect(checkForm({...defaultForm, stepMm: 0}).problems).toEqual({stepMm: 'More than 0 mm.'});
    expect(checkForm({...defaultForm, centerXMm: NaN}).problems).toEqual({centerXMm: 'Enter a number.'});
    expect(checkForm({...defaultForm, residualPercent: 100}).problems).toEqual({
      residualPercent: 'Less than 100 %.',
    });
    expect(checkForm({...defaultForm, readingCount: 1.5}).problems).toEqual({
      readingCount: 'A whole number.',
    });
    expect(checkForm({...defaultForm, kind: 'line', lineStepMm: -1}).problems).toEqual({
      lineStepMm: 'More than 0 mm.',
    });
    expect(checkForm({...defaultForm, kind: 'beam-find', findWidthMm: NaN}).problems).toEqual({
      findWidthMm: 'Enter a number.',
    });
    expect(checkForm({...defaultForm, kind: 'regions', pointsPerSide: 51}).problems).toEqual({
      pointsPerSide: 'At most 50.',
    });
  });

  it('has centre and size as another view of two corners', () => {
    const form = {...defaultForm, centerXMm: 1.1, centerYMm: -2, widthMm: 10.2, heightMm: 4};
    expect(cornersOf(form)).toEqual({lowXMm: -4, highXMm: 6.2, lowYMm: -4, highYMm: 0});
    expect(withCorners(form, cornersOf(form))).toEqual(form);
    const moved = withCorners(form, {...cornersOf(form), highXMm: 8});
    expect([moved.centerXMm, moved.widthMm]).toEqual([2, 12]);
    expect(checkForm(withCorners(form, {...cornersOf(form), highXMm: -5})).problems).toEqual({
      widthMm: 'More than 0 mm.',
    });
  });
});

describe('the geometry of a plan in the window', () => {
  it('is the same grid as the host measures', () => {
    const sizes = [
      [60, 60, 2],
      [10, 7, 0.3],
      [0.5, 20, 1],
      [1, 1, 0.1],
    ] as const;
    for (const [widthMm, heightMm, stepMm] of sizes) {
      const plan = planSpecSchema.parse({
        plan: 'grid',
        centerMm: {xMm: 1, yMm: -3},
        widthMm,
        heightMm,
        stepMm,
      });
      if (plan.plan !== 'grid') throw new Error('no grid');
      const host = gridGeometry(plan);
      const frame = frameOfPlan(plan);
      expect(frame).toMatchObject({rows: host.rows, columns: host.columns});
      expect(frame?.yMm[0]).toBeCloseTo(host.extentsMm[0][0], 9);
      expect(frame?.xMm[1]).toBeCloseTo(host.extentsMm[1][1], 9);
      expect(pointCountOf(plan, null)).toBe(host.count);
    }
  });

  it('makes no picture of an absurd plan', () => {
    expect(
      frameOfPlan(planSpecSchema.parse({plan: 'grid', widthMm: 1e6, heightMm: 1e6, stepMm: 1e-3})),
    ).toBeNull();
  });

  it('counts lines and regions', () => {
    expect(
      pointCountOf(
        planSpecSchema.parse({plan: 'line', axis: 'x', startMm: 3, stopMm: -3, stepMm: 0.1}),
        null,
      ),
    ).toBe(61);
    expect(pointCountOf(planSpecSchema.parse({plan: 'regions', pointsPerSide: 4}), 10)).toBe(160);
    expect(pointCountOf(planSpecSchema.parse({plan: 'regions'}), null)).toBeNull();
  });

  it('names each side that lies beyond the limits', () => {
    expect(limitProblemsOf(dryRun)).toEqual({
      lowX: 'x would reach -40.000 mm; its limit is -30.000 mm.',
      highX: 'x would reach 40.000 mm; its limit is 30.000 mm.',
      highY: 'y would reach 31.500 mm; its limit is 30.000 mm.',
    });
  });

  it('takes the path apart into x and y', () => {
    const path = pathOf(dryRun.pathMm);
    expect([[...path.xMm], [...path.yMm]]).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });
});

describe('the sentence under the form', () => {
  const plan = planSpecSchema.parse({plan: 'grid', widthMm: 80, heightMm: 80, stepMm: 1});

  it('says points, time and path', () => {
    expect(planSentence(plan, dryRun, null)).toBe('81 x 81 = 6,561 points, about 9 min 20 s, path 6.6 m');
    expect(planSentence(plan, {...dryRun, points: 6570}, null)).toBe(
      '81 x 81 = 6,561 points and 9 reference visits, about 9 min 20 s, path 6.6 m',
    );
  });

  it('says without a bench what the plan says by itself', () => {
    expect(planSentence(plan, null, null)).toBe('81 x 81 = 6,561 points');
    expect(planSentence(planSpecSchema.parse({plan: 'point', xMm: 0, yMm: 0}), null, null)).toBe('1 point');
    expect(planSentence(planSpecSchema.parse({plan: 'regions'}), null, null)).toBe(
      'points as the design has regions',
    );
  });

  it('says lengths as people do', () => {
    expect([3.21, 840.4, 6561, 123_456].map(lengthText)).toEqual(['3.2 mm', '840 mm', '6.6 m', '123 m']);
  });
});

describe('refused places', () => {
  const refused = (count: number) => ({
    ...dryRun,
    isAllowed: false,
    violationCount: count,
    refusedMm: Float32Array.from({length: 2 * count}, (_, index) => index),
  });

  it('are all on the map, and nothing has to be said of it', () => {
    const {refusedMm} = refused(496);
    const places = refusedPoints(refusedMm);
    expect(places).toHaveLength(496);
    expect(places[495]).toEqual({xMm: 990, yMm: 991});
    expect(refusedText(refused(496))).toBe('');
    expect(refusedText(refused(0))).toBe('');
  });

  it('that are too many for a map say how many are shown', () => {
    const shown = refusedPoints(refused(12_000).refusedMm).length;
    expect(shown).toBeGreaterThan(3000);
    expect(refusedText(refused(12_000))).toBe(
      `${shown.toLocaleString('en-GB')} of 12,000 refused places are shown on the map.`,
    );
  });
});

describe('the plan of a run under way', () => {
  it('is read from its start record, also where the scan went on or had regions of its own', () => {
    for (const kind of planNames) {
      const {plan} = checkForm({...defaultForm, kind, stepMm: 3});
      expect(planOfStart({...plan, startIndex: 7, regions: []})).toEqual(plan);
    }
  });

  it('that is no plan of this form is left alone', () => {
    expect(planOfStart({plan: 'dark-level'})).toBeNull();
    expect(planOfStart(undefined)).toBeNull();
    expect(planOfStart('grid')).toBeNull();
  });
});

describe('presets by name', () => {
  it('are kept as one text and come back', () => {
    const fine = {name: 'fine', form: {...defaultForm, stepMm: 0.5}};
    const line = {name: 'a line', form: {...defaultForm, kind: 'line' as const, startMm: -7}};
    const all = withPreset(withPreset([], fine), line);
    expect(all.map(({name}) => name)).toEqual(['a line', 'fine']);
    const read = parsePresets(printPresets(all));
    expect(read[1].form).toEqual(fine.form);
    expect(read[0].form).toMatchObject({kind: 'line', startMm: -7});
  });

  it('hold the plan alone: nothing of what is measured', () => {
    expect(printPresets([{name: 'a', form: defaultForm}])).not.toMatch(/sample|purpose|title|operator/);
  });

  it('are replaced by name and deleted', () => {
    const one = {name: 'one', form: defaultForm};
    const other = withPreset([one], {name: 'one', form: {...defaultForm, stepMm: 5}});
    expect(other).toHaveLength(1);
    expect(other[0].form.stepMm).toBe(5);
    expect(withoutPreset(other, 'one')).toEqual([]);
  });

  it('that cannot be read are left out, the others stay', () => {
    expect(parsePresets('')).toEqual([]);
    expect(parsePresets('no JSON')).toEqual([]);
    expect(parsePresets('{"name": "x"}')).toEqual([]);
    const kept = JSON.parse(printPresets([{name: 'kept', form: defaultForm}])) as unknown[];
    expect(parsePresets(JSON.stringify([{name: 'odd', plan: {plan: 'spiral'}}, ...kept]))).toHaveLength(1);
  });
});
