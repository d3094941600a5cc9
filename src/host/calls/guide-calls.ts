import type {GuideOptions, GuideReport} from '../../contract/api/align-guide.ts';
import {getAlignment} from '../placements/alignment-records.ts';
import {placementStatusOf} from '../placements/placements.ts';
import {createGuideService} from '../guide/guide-service.ts';
import {runGuide, type RunGuideHooks} from '../guide/run-guide.ts';
import type {RunHooks} from '../bench/bench-engine.ts';
import {readCalibrationHours} from '../calibrations/calibration-hours.ts';
import {openDataFolder} from '../data-folder.ts';
import {openDesign} from '../designs/design-folder.ts';
import {findSession} from '../find-session.ts';
import {openStoreFirst, type BenchChoice, type BenchHooks, type OpenChosenBench} from './chosen-bench.ts';

export interface GuideCall extends BenchChoice {
  readonly designFolder: string;
  readonly options: GuideOptions;
  /** Beginning of the uid of a guided alignment to go on with; a new one without it. */
  readonly resume?: string | undefined;
  readonly operator?: string | undefined;
}

/** Opens the bench and leads a guided alignment on it, step by step; closes the bench in every ending. */
export async function guideOnBench(
  openBench: OpenChosenBench,
  call: GuideCall,
  hooks: RunHooks & BenchHooks & RunGuideHooks & {readonly signal: AbortSignal},
): Promise<GuideReport> {
  const startedMs = performance.now();
  const data = await openDataFolder();
  const hours = await readCalibrationHours(data.path);
  using store = openStoreFirst(data.databasePath, hooks);
  const resumed = call.resume === undefined ? undefined : findSession(store, call.resume).uid;
  const design = await openDesign(call.designFolder);
  await using bench = await openBench(call, hooks);
  const guideService = createGuideService({store, data, hours: () => hours});
  const person = call.operator === undefined ? {} : {operator: call.operator};
  const {sessionUid} =
    resumed === undefined
      ? await guideService.begin(bench, {
          design,
          designFolder: call.designFolder,
          options: call.options,
          ...person,
        })
      : {sessionUid: resumed};
  const guide = await runGuide(guideService, bench, {sessionUid, ...person}, hooks);
  const uid = guide.steps.at(-1)?.alignmentUid ?? null;
  return {
    session: sessionUid,
    steps: guide.steps,
    result: uid === null ? null : getAlignment(store, uid).result,
    placement:
      uid === null
        ? null
        : placementStatusOf(store, getAlignment(store, uid), Date.now() / 1000).placementUid,
    seconds: (performance.now() - startedMs) / 1000,
  };
}
