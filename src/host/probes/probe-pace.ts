import {campaignDetailsOf} from '../campaign/campaign-results.ts';
import {gridGeometry} from '../plans/geometry.ts';
import type {Store} from '../store/open-store.ts';
import {listSessionScans} from '../planes/session-planes.ts';
import type {GridPlan, PlannedScan} from './probe-scans.ts';

/** Bench time that a point of this session's scans took, s, with all that belongs to it; null without a finished scan. */
export function paceOfSession(store: Store, sessionUid: string): number | null {
  const session = store.getSession(sessionUid);
  const {benchSpeed} = campaignDetailsOf(session);
  let [seconds, points] = [0, 0];
  for (const {run, isUsable} of listSessionScans(store, session)) {
    const {start, stop} = store.getRun(run.uid);
    if (!isUsable || !stop) continue;
    seconds += (stop.time - start.time) * benchSpeed;
    points += run.pointCount;
  }
  return points > 0 ? seconds / points : null;
}

/** Scans with the time that they take at a known pace. */
export const pacedScans = (plans: readonly GridPlan[], secondsPerPoint: number | null): PlannedScan[] =>
  plans.map((plan) => {
    const pointCount = gridGeometry(plan).count;
    return {
      plan,
      pointCount,
      secondsFor: secondsPerPoint === null ? null : (count) => count * pointCount * secondsPerPoint,
    };
  });
