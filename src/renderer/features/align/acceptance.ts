import type {AlignSummary} from '../../../contract/api/index.ts';
import {dateTimeText} from '../../parts/time-text.ts';

/** Why a result cannot be made active, in words; undefined when it can. */
export function acceptRefusal({
  verdict,
  status,
}: Pick<AlignSummary, 'verdict' | 'status'>): string | undefined {
  if (verdict === 'failed')
    return 'It failed: its values mean nothing, so nothing may be predicted with them.';
  if (status === 'active') return 'It is active already.';
  if (status === 'bench-changed')
    return 'The bench has changed since its planes were measured. Measure and align again.';
  return undefined;
}

/** Why there is nothing to revoke, in words; undefined when there is. */
export const undoRefusal = ({status}: Pick<AlignSummary, 'status'>): string | undefined =>
  status === 'active' ? undefined : 'It is not active.';

/** How long a placement may be accepted for. */
export const validities: readonly {readonly hours: number; readonly label: string}[] = [
  {hours: 8, label: 'eight hours'},
  {hours: 24, label: 'a day'},
  {hours: 7 * 24, label: 'a week'},
  {hours: 30 * 24, label: 'thirty days'},
  {hours: 366 * 24, label: 'a year'},
];

/** When a placement that is accepted now stops being used, local time to the minute. */
export const validUntilText = (nowMs: number, hours: number): string =>
  dateTimeText(nowMs + hours * 3_600_000).slice(0, 16);

/** The placement that would have to make room: active for the same bench and design. */
export function replacedBy(summary: AlignSummary, others: readonly AlignSummary[]): AlignSummary | undefined {
  return others.find(
    ({uid, status, designHash, benchName}) =>
      uid !== summary.uid &&
      status === 'active' &&
      designHash === summary.designHash &&
      benchName === summary.benchName,
  );
}
