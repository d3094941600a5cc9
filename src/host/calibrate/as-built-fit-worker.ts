import {readSessionPlanes} from '../planes/session-planes.ts';
import {getAlignment} from '../placements/alignment-records.ts';
import {openStore} from '../store/open-store.ts';
import {serveOnce} from '../threads/serve-once.ts';
import type {FitHeightsOutput, FitHeightsProgress, FitHeightsRequest} from './as-built-fit-protocol.ts';
import {fitHeights} from './fit-heights.ts';

/** What heights are taken to be off by where the alignment's own noise explains all, mm. */
const leastHeightMm = 0.005;
/** No print is looked for with larger height errors, mm: a tenth of a wavelength is half a radian. */
const mostHeightMm = 0.08;

// Entry of the thread that fits heights as printed: it reads over a connection of its own and leads those that compute.
await serveOnce<FitHeightsRequest, FitHeightsOutput, FitHeightsProgress>(
  async (
    {databasePath, alignmentUid, runUids, correlationMm, isJudged, workerCount},
    {signal, onProgress},
  ) => {
    using store = openStore(databasePath, {readOnly: true});
    const alignment = getAlignment(store, alignmentUid);
    const {design, probe, planes} = await readSessionPlanes(store, alignment.sessionUid, runUids);
    const {state, arrangement, method, result} = alignment;
    const sigmaMm = Math.min(mostHeightMm, Math.max(leastHeightMm, result.heightErrorMm ?? 0));
    const found = await fitHeights(
      {
        ...{design, probe, planes, sigmaMm, correlationMm},
        bench: {state, arrangement, method, plateOptics: result.plateOptics},
      },
      {isJudged},
      {signal, workerCount, onProgress: (doneRatio, text) => onProgress({doneRatio, text})},
    );
    return {...found, pointCount: planes.reduce((sum, {values}) => sum + values.length, 0)};
  },
  ({valuesMm}) => (valuesMm.buffer instanceof ArrayBuffer ? [valuesMm.buffer] : []),
);
