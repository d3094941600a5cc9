import type {Store} from '../store/open-store.ts';
import type {Say} from './bench-runs.ts';
import type {Jobs} from './jobs.ts';

/** This program stood still for a while, s: said, and written down with the run that is under way. */
export function noteStandstill(
  seconds: number,
  {jobs, store, say}: {readonly jobs: Jobs; readonly store: Store; readonly say: Say},
): void {
  const text =
    `This program stood still for ${Math.round(seconds)} s (it was stopped, or the computer slept): nobody watched the ` +
    `bench meanwhile.${jobs.isLive ? ' The run goes on where its next look at the instruments finds all as it was.' : ''}`;
  say('attention', 'app', text);
  const runUid = jobs.status?.runUid;
  if (jobs.isLive && runUid) store.addNote({text, author: 'host', runUid});
}
