import type {PlaneOrder} from '../../contract/api/index.ts';
import {heightVarianceOf} from '../../twin/alignment/plane-information.ts';
import {chooseObjects} from '../../twin/alignment/probe-choice.ts';
import type {Store} from '../store/open-store.ts';
import {createInformationSource} from './probe-information.ts';
import {defaultUnexplainedRatio} from './probe-order.ts';
import {plainSigma} from './probe-plan.ts';
import {listSessionScans, readSessionPlanes, defaultPlaneCount} from '../planes/session-planes.ts';

/** More planes than these are not compared; the first of a session stand for all. */
const mostCompared = 20;

/**
 * The planes of a session in the order in which they tell most of where the plates stand, as many as an alignment takes
 * at most by itself. Throws what `readSessionPlanes` throws.
 */
export async function orderPlanes(store: Store, sessionUid: string): Promise<PlaneOrder> {
  const session = store.getSession(sessionUid);
  const excluded = new Set(store.listExclusions(sessionUid).map(({campaignIndex}) => campaignIndex));
  const usable = listSessionScans(store, session)
    .filter(({isUsable, run}) => isUsable && !excluded.has(run.campaignIndex ?? -1))
    .slice(0, mostCompared)
    .map(({run}) => run.uid);
  const {design, illumination, probe, planes, runs} = await readSessionPlanes(store, sessionUid, usable);
  await using source = createInformationSource(
    {design, illumination, probe},
    {objects: [], scans: [], measured: planes},
  );
  const information = await source.ofMeasured(defaultUnexplainedRatio);
  const {order, sigmas} = chooseObjects(information, source.parameters, {
    count: defaultPlaneCount,
    known: [],
    heightVarianceMm2: heightVarianceOf(information),
  });
  return {
    planes: order.map((plane, i) => ({runUid: runs[plane].uid, sigma: plainSigma(sigmas[i + 1])})),
    unexplainedRatio: defaultUnexplainedRatio,
  };
}
