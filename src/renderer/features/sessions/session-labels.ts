import type {RunSummary, SessionSummary} from '../../../contract/api/index.ts';
import {countOf} from '../../parts/index.ts';

/** Kind of a session as people call it. */
export const kindText = (kind: string): string => kind.replaceAll('-', ' ') || 'session';

/** A run as people call it: `run 0147`. */
export const runName = ({scanId}: Pick<RunSummary, 'scanId'>): string =>
  `run ${String(scanId).padStart(4, '0')}`;

/** How a run went, in a word or a sentence's beginning. */
export function runStateText({exitStatus, reason}: Pick<RunSummary, 'exitStatus' | 'reason'>): string {
  if (exitStatus === null) return 'under way';
  if (exitStatus === 'success') return 'complete';
  const label = exitStatus === 'abort' ? 'stopped' : 'failed';
  return reason === '' ? label : `${label}: ${reason}`;
}

/** One line about a session, below its title. */
export const sessionLine = (session: SessionSummary): string =>
  [
    kindText(session.kind),
    session.operator === '' ? 'no operator named' : `by ${session.operator}`,
    session.benchName,
    session.designName === '' ? '' : `design ${session.designName}`,
    `${countOf(session.runCount, 'run')}, ${countOf(session.pointCount, 'point')}`,
  ]
    .filter((part) => part !== '')
    .join(' · ');

/** A value of a session's details as a line; objects are written as JSON. */
export function detailText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return JSON.stringify(value);
}

/** `lockInPhaseDeg` as `lock in phase deg`: names of stored values as words. */
export const nameText = (name: string): string =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_]/g, ' ')
    .toLowerCase();

/** A tag as it is kept: without blanks at the ends, single blanks inside; null when it is empty or there already. */
export function newTagFrom(text: string, tags: readonly string[]): string | null {
  const tag = text.trim().replaceAll(/\s+/g, ' ').slice(0, 50);
  return tag === '' || tags.includes(tag) ? null : tag;
}
