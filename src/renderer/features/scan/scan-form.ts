import type {z} from 'zod';
import {hzFromMhz, mhzFromHz} from '../../../contract/units.ts';
import {type PlanSpec, type PlanSpecInput, planSpecSchema} from '../../../contract/plan-spec.ts';

export type PlanKind = PlanSpec['plan'];

/**
 * The plan form: all fields of all kinds, so that changing the kind to and fro loses nothing. A field that is being
 * typed may hold not-a-number. Lengths in mm, bench frame.
 */
export interface ScanForm {
  readonly kind: PlanKind;
  readonly centerXMm: number;
  readonly centerYMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly stepMm: number;
  readonly order: 'snake' | 'one-way';
  readonly axis: 'x' | 'y';
  readonly startMm: number;
  readonly stopMm: number;
  readonly lineStepMm: number;
  readonly otherMm: number;
  readonly pointXMm: number;
  readonly pointYMm: number;
  readonly pointsPerSide: number;
  readonly findWidthMm: number;
  readonly findStepMm: number;
  readonly residualPercent: number;
  readonly readingCount: number;
  readonly restMs: number;
  readonly referenceEvery: number;
  /** False visits the centre of the grid. */
  readonly hasReferencePosition: boolean;
  readonly referenceXMm: number;
  readonly referenceYMm: number;
  /** 0: a visit is one place, and lost steps are not seen. */
  readonly referencePatchMm: number;
  readonly positionLimitMm: number;
  readonly onPositionLost: 'pause' | 'fail';
  readonly averagePlanes: 1 | 2 | 4;
  readonly averageFrequencies: number;
  readonly ditherSpanMhz: number;
  readonly rippleXMm: number;
  readonly rippleYMm: number;
  readonly rippleSpanMm: number;
  readonly rippleStepMm: number;
}

export const defaultForm: ScanForm = {
  kind: 'grid',
  centerXMm: 0,
  centerYMm: 0,
  widthMm: 60,
  heightMm: 60,
  stepMm: 2,
  order: 'snake',
  axis: 'x',
  startMm: -30,
  stopMm: 30,
  lineStepMm: 1,
  otherMm: 0,
  pointXMm: 0,
  pointYMm: 0,
  pointsPerSide: 5,
  findWidthMm: 40,
  findStepMm: 4,
  residualPercent: 1,
  readingCount: 1,
  restMs: 0,
  referenceEvery: 0,
  hasReferencePosition: false,
  referenceXMm: 0,
  referenceYMm: 0,
  referencePatchMm: 0,
  positionLimitMm: 0.1,
  onPositionLost: 'pause',
  averagePlanes: 1,
  averageFrequencies: 1,
  ditherSpanMhz: 250,
  rippleXMm: 0,
  rippleYMm: 0,
  rippleSpanMm: 1.5,
  rippleStepMm: 0.05,
};

/** What is wrong with fields, by field, in words; empty when nothing is. */
export type FieldProblems = Readonly<Partial<Record<keyof ScanForm, string>>>;

export interface CheckedForm {
  /** The plan as the contract has it; null while a field is wrong. */
  readonly plan: PlanSpec | null;
  readonly problems: FieldProblems;
}

/** Percent with the noise of the division taken off: 1 % is 0.01. */
const ratioFromPercent = (percent: number): number => Number((percent / 100).toPrecision(15));

/** The plan that the form asks for, unchecked. */
export function planInputOf(form: ScanForm): PlanSpecInput {
  const dwell = {
    residualRatio: ratioFromPercent(form.residualPercent),
    readingCount: form.readingCount,
    restMs: form.restMs,
  };
  switch (form.kind) {
    case 'grid':
      return {
        plan: 'grid',
        centerMm: {xMm: form.centerXMm, yMm: form.centerYMm},
        widthMm: form.widthMm,
        heightMm: form.heightMm,
        stepMm: form.stepMm,
        order: form.order,
        ...dwell,
        referenceEvery: form.referenceEvery,
        ...(form.referenceEvery > 0 && form.hasReferencePosition
          ? {referenceMm: {xMm: form.referenceXMm, yMm: form.referenceYMm}}
          : {}),
        ...(form.referenceEvery > 0
          ? {
              referencePatchMm: form.referencePatchMm,
              positionLimitMm: form.positionLimitMm,
              onPositionLost: form.onPositionLost,
            }
          : {}),
        averagePlanes: form.averagePlanes,
        averageFrequencies: form.averageFrequencies,
        ditherSpanHz: hzFromMhz(form.ditherSpanMhz),
      };
    case 'line':
      return {
        plan: 'line',
        axis: form.axis,
        startMm: form.startMm,
        stopMm: form.stopMm,
        stepMm: form.lineStepMm,
        otherMm: form.otherMm,
        ...dwell,
      };
    case 'point':
      return {plan: 'point', xMm: form.pointXMm, yMm: form.pointYMm, ...dwell};
    case 'regions':
      return {plan: 'regions', pointsPerSide: form.pointsPerSide, ...dwell};
    case 'ripple':
      return {
        plan: 'ripple',
        xMm: form.rippleXMm,
        yMm: form.rippleYMm,
        spanMm: form.rippleSpanMm,
        stepMm: form.rippleStepMm,
        ...dwell,
      };
    case 'beam-find':
      return {plan: 'beam-find', widthMm: form.findWidthMm, stepMm: form.findStepMm, ...dwell};
  }
}

/** Checks the form by the contract's own schema, so that what it allows is what the host takes. */
export function checkForm(form: ScanForm): CheckedForm {
  const checked = planSpecSchema.safeParse(planInputOf(form));
  if (checked.success) return {plan: checked.data, problems: {}};
  const problems: Partial<Record<keyof ScanForm, string>> = {};
  for (const issue of checked.error.issues) {
    const field = fieldOfPath(form.kind, issue.path.join('.'));
    problems[field] ??= wordsOfIssue(issue, field);
  }
  return {plan: null, problems};
}

const fieldsByKind: Readonly<Record<PlanKind, Readonly<Record<string, keyof ScanForm>>>> = {
  grid: {
    'centerMm.xMm': 'centerXMm',
    'centerMm.yMm': 'centerYMm',
    'referenceMm.xMm': 'referenceXMm',
    'referenceMm.yMm': 'referenceYMm',
    ditherSpanHz: 'ditherSpanMhz',
  },
  line: {stepMm: 'lineStepMm'},
  point: {xMm: 'pointXMm', yMm: 'pointYMm'},
  regions: {},
  'beam-find': {widthMm: 'findWidthMm', stepMm: 'findStepMm'},
  ripple: {xMm: 'rippleXMm', yMm: 'rippleYMm', spanMm: 'rippleSpanMm', stepMm: 'rippleStepMm'},
};

function fieldOfPath(kind: PlanKind, path: string): keyof ScanForm {
  if (path === 'residualRatio') return 'residualPercent';
  const own = fieldsByKind[kind][path];
  if (own) return own;
  return path in defaultForm ? (path as keyof ScanForm) : 'kind';
}

function wordsOfIssue(issue: z.core.$ZodIssue, field: keyof ScanForm): string {
  const factor = field === 'residualPercent' ? 100 : field === 'ditherSpanMhz' ? mhzFromHz(1) : 1;
  const unit = /Mm$/.test(field)
    ? ' mm'
    : /Mhz$/.test(field)
      ? ' MHz'
      : /Ms$/.test(field)
        ? ' ms'
        : factor === 100
          ? ' %'
          : '';
  if (issue.code === 'too_small')
    return `${issue.inclusive ? 'At least' : 'More than'} ${Number(issue.minimum) * factor}${unit}.`;
  if (issue.code === 'too_big')
    return `${issue.inclusive ? 'At most' : 'Less than'} ${Number(issue.maximum) * factor}${unit}.`;
  if (issue.code === 'invalid_type') return issue.expected === 'int' ? 'A whole number.' : 'Enter a number.';
  return issue.message;
}

/** The corners of the grid: the same numbers as centre and size. */
export interface Corners {
  readonly lowXMm: number;
  readonly lowYMm: number;
  readonly highXMm: number;
  readonly highYMm: number;
}

/** Sums of decimals leave noise behind; below this digit nobody measures or types a length. */
const tidyMm = (mm: number): number => Number(mm.toFixed(10));

export const cornersOf = ({centerXMm, centerYMm, widthMm, heightMm}: ScanForm): Corners => ({
  lowXMm: tidyMm(centerXMm - widthMm / 2),
  lowYMm: tidyMm(centerYMm - heightMm / 2),
  highXMm: tidyMm(centerXMm + widthMm / 2),
  highYMm: tidyMm(centerYMm + heightMm / 2),
});

/** The form whose grid has these corners. A high corner below the low one gives a size that is refused. */
export const withCorners = (form: ScanForm, {lowXMm, lowYMm, highXMm, highYMm}: Corners): ScanForm => ({
  ...form,
  centerXMm: tidyMm((lowXMm + highXMm) / 2),
  centerYMm: tidyMm((lowYMm + highYMm) / 2),
  widthMm: tidyMm(highXMm - lowXMm),
  heightMm: tidyMm(highYMm - lowYMm),
});

/** Whether two forms ask for the same place and size of the grid; what cannot be taken equals itself. */
export const isSameGrid = (one: ScanForm, other: ScanForm): boolean =>
  (['centerXMm', 'centerYMm', 'widthMm', 'heightMm'] as const).every((key) =>
    Object.is(one[key], other[key]),
  );

/** The form that asks for a plan, with what the plan does not say taken from another form. */
export function formOfPlan(plan: PlanSpec, base: ScanForm): ScanForm {
  const dwell = {
    residualPercent: tidyMm(plan.residualRatio * 100),
    readingCount: plan.readingCount,
    restMs: plan.restMs,
  };
  switch (plan.plan) {
    case 'grid':
      return {
        ...base,
        ...dwell,
        kind: 'grid',
        centerXMm: plan.centerMm.xMm,
        centerYMm: plan.centerMm.yMm,
        widthMm: plan.widthMm,
        heightMm: plan.heightMm,
        stepMm: plan.stepMm,
        order: plan.order,
        referenceEvery: plan.referenceEvery,
        hasReferencePosition: plan.referenceMm !== undefined,
        referenceXMm: plan.referenceMm?.xMm ?? base.referenceXMm,
        referenceYMm: plan.referenceMm?.yMm ?? base.referenceYMm,
        referencePatchMm: plan.referencePatchMm,
        positionLimitMm: plan.positionLimitMm,
        onPositionLost: plan.onPositionLost,
        averagePlanes: plan.averagePlanes,
        averageFrequencies: plan.averageFrequencies,
        ditherSpanMhz: mhzFromHz(plan.ditherSpanHz),
      };
    case 'line': {
      const {axis, startMm, stopMm, stepMm, otherMm} = plan;
      return {...base, ...dwell, kind: 'line', axis, startMm, stopMm, lineStepMm: stepMm, otherMm};
    }
    case 'point':
      return {...base, ...dwell, kind: 'point', pointXMm: plan.xMm, pointYMm: plan.yMm};
    case 'regions':
      return {...base, ...dwell, kind: 'regions', pointsPerSide: plan.pointsPerSide};
    case 'ripple': {
      const {xMm: rippleXMm, yMm: rippleYMm, spanMm: rippleSpanMm, stepMm: rippleStepMm} = plan;
      return {...base, ...dwell, kind: 'ripple', rippleXMm, rippleYMm, rippleSpanMm, rippleStepMm};
    }
    case 'beam-find':
      return {...base, ...dwell, kind: 'beam-find', findWidthMm: plan.widthMm, findStepMm: plan.stepMm};
  }
}

/** The plan that a run's start record keeps; null for one that this form cannot show (a campaign's step). */
export function planOfStart(planArgs: unknown): PlanSpec | null {
  if (typeof planArgs !== 'object' || planArgs === null) return null;
  // Where a scan went on, and the regions that the plan had from its design, are no numbers of the form.
  const args = Object.entries(planArgs).filter(([name]) => name !== 'startIndex' && name !== 'regions');
  const checked = planSpecSchema.safeParse(Object.fromEntries(args));
  return checked.success ? checked.data : null;
}
