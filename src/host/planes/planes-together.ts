import {isDeepStrictEqual} from 'node:util';
import {BenchError} from '../../contract/errors.ts';
import {campaignDetailsOf} from '../campaign/campaign-results.ts';
import type {RunSummary} from '../store/run-reading.ts';
import type {Store} from '../store/open-store.ts';
import type {StoredSession} from '../store/sessions.ts';
import {placeOfSession} from '../placements/placements.ts';
import {platesMovedSince, platesText, unknownMovesSince} from '../placements/plate-moves.ts';

/**
 * Refuses planes of several sessions that are not of one and the same bench: another bench or design, other light or
 * another probe, or plates that mounts moved in between. What a hand touched nobody knows; the fit would tell by what
 * it leaves unexplained. Throws `plan/invalid`.
 */
export function assertOneBench(store: Store, home: StoredSession, runs: readonly RunSummary[]): void {
  const others = [...new Set(runs.map(({sessionUid}) => sessionUid))].filter((uid) => uid !== home.uid);
  if (others.length === 0) return;
  const refuse = (what: string): never => {
    throw new BenchError(
      'plan/invalid',
      `${what} Planes of several sessions are aligned together only where nothing of the bench has changed between them. No placement was estimated and nothing was stored; align each session by itself.`,
    );
  };
  const place = placeOfSession(store, home.uid);
  const details = campaignDetailsOf(home);
  for (const uid of others) {
    const session = store.getSession(uid);
    const name = `the session "${session.title}"`;
    const {benchName, benchSeed, designHash} = placeOfSession(store, uid);
    if (benchName !== place.benchName || benchSeed !== place.benchSeed)
      refuse(`The planes of ${name} were measured on another bench than those of "${home.title}".`);
    if (designHash !== place.designHash)
      refuse(`The planes of ${name} were measured with another design than those of "${home.title}".`);
    const own = campaignDetailsOf(session);
    if (
      !isDeepStrictEqual(own.probe, details.probe) ||
      !isDeepStrictEqual(own.illuminationKnown, details.illuminationKnown)
    )
      refuse(`Light or probe of ${name} were other ones than those of "${home.title}".`);
  }
  const numbers = runs.map(({scanId}) => scanId);
  const span = [Math.min(...numbers), Math.max(...numbers)] as const;
  const unknown = unknownMovesSince(store, place, ...span);
  if (unknown !== '') refuse(`Between these planes a plate may have been moved. ${unknown}`);
  const moved = platesMovedSince(store, place, ...span);
  if (moved.length > 0) refuse(`Between these planes the mounts moved ${platesText(moved)}.`);
}
