import {roundedText} from '../base/number-format.ts';
import {countOf} from '../base/count-text.ts';
import type {PlanSpec} from './plan-spec.ts';

/**
 * How many steps a span has room for, and what of a plan is really measured: one rule for the host, the window and
 * the terminal.
 */

/** Rounding of a decimal step may not cost the last position of a span. */
const countSlack = 1e-6;

/** Positions along a span of `spanMm` at a distance of `stepMm`, both ends included where they fall on a step. */
export const countAlong = (spanMm: number, stepMm: number): number =>
  Math.floor(spanMm / stepMm + countSlack) + 1;

/** A side of a detector region with its points. */
export interface RegionSize {
  readonly widthMm: number;
  readonly heightMm: number;
}

const mmText = (mm: number): string => `${roundedText(mm, 6)} mm`;

interface Span {
  readonly name: string;
  readonly askedMm: number;
  readonly stepMm: number;
  /** What the count counts, for one and for several. */
  readonly counted: readonly [one: string, several: string];
}

function spanSentence({name, askedMm, stepMm, counted}: Span): readonly string[] {
  const count = countAlong(askedMm, stepMm);
  const measuredMm = (count - 1) * stepMm;
  if (!Number.isFinite(count) || Math.abs(askedMm - measuredMm) <= 2 * countSlack * stepMm) return [];
  return [
    `${name}: ${mmText(askedMm)} is no multiple of ${mmText(stepMm)}: ${mmText(measuredMm)} will be measured, ` +
      `${countOf(count, ...counted)}.`,
  ];
}

/**
 * What of a plan differs from the numbers that were typed, in sentences: a span that is no multiple of its step ends at
 * the last step inside of it; points of a region lie in the middles of its cells. Empty when all is as typed.
 */
export function spanNotes(plan: PlanSpec, regions: readonly RegionSize[] = []): readonly string[] {
  switch (plan.plan) {
    case 'grid': {
      const {widthMm, heightMm, stepMm} = plan;
      return [
        ...spanSentence({name: 'Width', askedMm: widthMm, stepMm, counted: ['column', 'columns']}),
        ...spanSentence({name: 'Height', askedMm: heightMm, stepMm, counted: ['row', 'rows']}),
      ];
    }
    case 'line': {
      const {axis, startMm, stopMm, stepMm} = plan;
      const askedMm = Math.abs(stopMm - startMm);
      const lastMm = (countAlong(askedMm, stepMm) - 1) * stepMm * Math.sign(stopMm - startMm);
      return spanSentence({name: `Line along ${axis}`, askedMm, stepMm, counted: ['point', 'points']}).map(
        (sentence) => `${sentence} It ends at ${axis} ${mmText(startMm + lastMm)}, not at ${mmText(stopMm)}.`,
      );
    }
    case 'beam-find': {
      const {widthMm, stepMm} = plan;
      return spanSentence({name: 'Width', askedMm: widthMm, stepMm, counted: ['column', 'columns']});
    }
    case 'ripple': {
      const {spanMm, stepMm} = plan;
      return spanSentence({
        name: 'Way along the beam',
        askedMm: spanMm,
        stepMm,
        counted: ['point', 'points'],
      });
    }
    case 'regions': {
      const sizes = new Set(
        regions.map(({widthMm, heightMm}) => {
          const along = (mm: number): string => mmText((mm * (plan.pointsPerSide - 1)) / plan.pointsPerSide);
          return (
            `Regions of ${mmText(widthMm)} x ${mmText(heightMm)}: the points lie in the middles of ` +
            `${plan.pointsPerSide} x ${plan.pointsPerSide} equal cells, from the first to the last ` +
            `${along(widthMm)} x ${along(heightMm)}.`
          );
        }),
      );
      return [...sizes];
    }
    case 'point':
      return [];
  }
}

/** A plan in a line, as it stands in the log. */
export function planTitle(spec: PlanSpec): string {
  switch (spec.plan) {
    case 'grid':
      return `grid ${spec.widthMm} x ${spec.heightMm} mm, step ${spec.stepMm} mm`;
    case 'line':
      return `line along ${spec.axis}, ${spec.startMm} to ${spec.stopMm} mm`;
    case 'point':
      return `point ${spec.xMm}, ${spec.yMm} mm`;
    case 'regions':
      return 'detector regions';
    case 'beam-find':
      return 'beam search';
    case 'ripple':
      return `ripple at ${spec.xMm}, ${spec.yMm} mm over ${spec.spanMm} mm`;
  }
}

/** The middle of what a plan measures, mm. */
export function planMiddle(spec: PlanSpec): {readonly xMm: number; readonly yMm: number} {
  switch (spec.plan) {
    case 'point':
    case 'ripple':
      return spec;
    case 'line': {
      const along = (spec.startMm + spec.stopMm) / 2;
      return spec.axis === 'x' ? {xMm: along, yMm: spec.otherMm} : {xMm: spec.otherMm, yMm: along};
    }
    case 'grid':
      return spec.centerMm;
    case 'regions':
    case 'beam-find':
      return {xMm: 0, yMm: 0};
  }
}
