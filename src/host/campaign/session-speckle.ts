import {isBenchError} from '../../contract/errors.ts';
import type {Illumination, Probe} from '../../contract/illumination.ts';
import {parseDesign} from '../../twin/design/load.ts';
import {computeDesignSpeckle, type SpeckleCorrelation} from '../../twin/layers/speckle.ts';
import type {Store} from '../store/open-store.ts';

/** How far speckle is correlated on a bench, or why that is not known, as a warning. */
type SessionSpeckle =
  | {readonly correlation: SpeckleCorrelation; readonly warning?: undefined}
  | {readonly correlation?: undefined; readonly warning: string};

/** How far speckle is correlated on the bench of a session, by the design that the session keeps. */
export function speckleOfSession(
  store: Store,
  sessionUid: string,
  bench: {readonly illumination: Illumination; readonly probe: Probe},
): SessionSpeckle {
  const unknown = (why: string): SessionSpeckle => ({
    warning: `${why}: each point counts as knowing nothing of the light beside it, so that the sigmas of the shares are rather too large.`,
  });
  const artifact = store.listArtifacts(sessionUid, 'design-file').find(({name}) => name === 'design.json');
  if (!artifact) return unknown('The session keeps no design');
  try {
    const file = parseDesign(new TextDecoder().decode(store.readArtifact(artifact.uid)));
    return {correlation: computeDesignSpeckle(file, bench)};
  } catch (error) {
    if (!isBenchError(error)) throw error;
    return unknown(`The design that the session keeps cannot be read (${error.message})`);
  }
}
