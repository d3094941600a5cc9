import {BenchError} from '../../contract/errors.ts';
import {loadDesign, type Design} from '../../twin/design/load.ts';
import {sha256Of} from '../designs/design-folder.ts';
import {printedDesign} from '../../twin/design/printed-design.ts';
import {measuredHeightsOf, type MeasuredHeights} from '../placements/measured-heights.ts';
import {placeOfSession} from '../placements/placements.ts';
import type {Store} from '../store/open-store.ts';
import {artifactKinds} from './campaign-results.ts';

/**
 * The design of a session as the session itself keeps it: its folder may have changed or gone since. Throws
 * `file/not-found` for a session that keeps none.
 */
export function loadSessionDesign(store: Store, sessionUid: string): Promise<Design> {
  const files = store.listArtifacts(sessionUid, artifactKinds.design);
  return loadDesign((wanted) => {
    const file = files.find(({name}) => name === wanted);
    if (!file)
      throw new BenchError(
        'file/not-found',
        `The session keeps no ${wanted} of its design. Its points are whole; nothing was computed.`,
      );
    return Promise.resolve(store.readArtifact(file.uid));
  }, sha256Of);
}

/** The design of a session with the measured heights of its bench's plates, as far as there are any. */
export async function loadPrintedDesign(
  store: Store,
  sessionUid: string,
): Promise<{readonly design: Design; readonly measured: MeasuredHeights | undefined}> {
  const measured = measuredHeightsOf(store, placeOfSession(store, sessionUid));
  return {design: printedDesign(await loadSessionDesign(store, sessionUid), measured), measured};
}
