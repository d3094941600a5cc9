import type {GuideCriterion, GuideNumber} from '../../contract/api/align-guide.ts';
import {explainedBelowRatio} from '../../twin/alignment/explained.ts';

/**
 * The limits of a guided alignment and where each comes from. They are stated beside every decision; a person may
 * override one with a note.
 */
export const guideLimits = {
  noiseRatio: {
    limit: 0.003,
    source:
      'The figures of docs/alignment.md hold for noise of 0.3 % of the brightest point; more makes every error bar as much wider.',
  },
  darkRatio: {
    limit: 0.01,
    source:
      'What is taken off must be small against what is left: a level above a hundredth is pick-up or stray light that turns with the phase.',
  },
  scatterRatio: {
    limit: 0.005,
    source:
      'The figures of docs/alignment.md hold for a gain that is steady to 0.5 % from reading to reading; a source in its first half hour is not.',
  },
  quadratureRatio: {
    limit: 0.05,
    source:
      'After the phase was set at the brightest point, Y is about 0 there; X alone is used from then on.',
  },
  light: {
    limit: 10,
    source: 'Less than ten times the noise is no light that could be told from pick-up.',
  },
  beamResidualRatio: {
    limit: 0.1,
    source:
      'Rings of the open frame and standing waves leave 0.02 to 0.06 of a free beam; one plate left in leaves more than 0.5.',
  },
  beamCenterMm: {
    limit: 10,
    source:
      'Twice the 5 mm to which an alignment takes the centre of the light for known (docs/alignment.md).',
  },
  beamRadiusSigma: {
    limit: 2,
    source:
      'Standard deviations of what width and curvature of the light are known to beforehand (docs/alignment.md).',
  },
  unexplainedRatio: {
    limit: explainedBelowRatio,
    source:
      'A fit that has found the place leaves 0.06 to 0.08 of the light unexplained, a wrong one 0.3 and more (docs/alignment.md).',
  },
  movedMm: {
    limit: 0.15,
    source:
      'A plate that stood already was touched when it is found further away than this; two results of one place differ by less.',
  },
  excludedRatio: {
    limit: 0.1,
    source:
      'Lines that disagree with all others are left out. Behind a part of the plates light has hard edges, where a few always do; more than a tenth is a scan that went wrong.',
  },
  doubts: {
    limit: 0,
    source: 'Every reason for doubt is named beside the result.',
  },
} as const;

/** A saturated detector shows its largest value again and again: this many points, or this part of them. */
export const mostAtTop = {points: 4, ratio: 0.002};

/** A number that must not be larger than its limit; one that is not known is not met. */
export function criterion(
  name: string,
  value: number | null,
  {limit, source}: {readonly limit: number; readonly source: string},
  unit = '',
): GuideCriterion {
  const measured = value !== null && Number.isFinite(value) ? value : null;
  const isMet = measured !== null && measured <= limit;
  return {name, value: measured, relation: 'at-most', limit, unit, isMet, source};
}

export const guideNumber = (
  name: string,
  unit: string,
  numbers: {
    readonly expected?: number | null;
    readonly expectedSigma?: number | null;
    readonly seen?: number | null;
    readonly seenSigma?: number | null;
  },
): GuideNumber => ({
  name,
  unit,
  expected: numbers.expected ?? null,
  expectedSigma: numbers.expectedSigma ?? null,
  seen: numbers.seen ?? null,
  seenSigma: numbers.seenSigma ?? null,
});
