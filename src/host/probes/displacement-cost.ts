import {percentText} from '../../base/number-format.ts';
import type {AlignmentSensitivity} from '../../contract/alignment.ts';

/** What a displacement of one freedom takes from the planes, as parts: 0 nothing, 1 all. */
export interface DisplacementCost {
  /** Of the correlation with the plane as designed. */
  readonly correlation: number;
  /** Of the digits whose brightest region is as designed. */
  readonly match: number;
}

/**
 * Costs below these need no correction: all five plates with four such displacements each then still correlate by 0.9
 * with the design, and no verdict that a campaign can count is lost.
 */
export const matteringCost: DisplacementCost = {correlation: 0.005, match: 0.01};

/**
 * What a displacement costs by the table of the design, between its sizes; undefined for a freedom that is not in it.
 * Below the smallest size the correlation falls with the square, as it does around any maximum.
 */
export function costOf(
  {rows}: AlignmentSensitivity,
  name: string,
  displacement: number,
): DisplacementCost | undefined {
  const points = rows.find((row) => row.name === name)?.points;
  if (!points || points.length === 0) return undefined;
  const size = Math.abs(displacement);
  const lostAt = ({match, correlation}: (typeof points)[number]): DisplacementCost => ({
    match: Math.max(0, 1 - match),
    correlation: Math.max(0, 1 - correlation),
  });
  const [first] = points;
  if (size <= first.size) {
    const part = size / first.size;
    const lost = lostAt(first);
    return {match: lost.match * part, correlation: lost.correlation * part * part};
  }
  const after = points.find((point) => point.size >= size);
  if (!after) return lostAt(points[points.length - 1]);
  const before = points[points.indexOf(after) - 1];
  const part = (size - before.size) / (after.size - before.size);
  const [low, high] = [lostAt(before), lostAt(after)];
  return {
    match: low.match + part * (high.match - low.match),
    correlation: low.correlation + part * (high.correlation - low.correlation),
  };
}

export const isCostly = ({correlation, match}: DisplacementCost): boolean =>
  correlation >= matteringCost.correlation || match >= matteringCost.match;

/** `costs 3.1 % of the correlation and 5 % of the verdicts`. */
export function costText({correlation, match}: DisplacementCost): string {
  const lost = `costs ${lossText(correlation)} of the correlation`;
  return match < matteringCost.match
    ? `${lost} and no verdict`
    : `${lost} and ${lossText(match)} of the verdicts`;
}

const lossText = (part: number): string =>
  part < 5e-4 ? 'less than 0.1 %' : percentText(part, part < 0.1 ? 1 : 0);
