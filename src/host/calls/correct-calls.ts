import {userInfo} from 'node:os';
import type {AlignmentResult} from '../../contract/alignment.ts';
import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import {prepareObjects, readAlignScan} from '../probes/align-objects.ts';
import {alignSession} from '../alignment/align-session.ts';
import {correctAndCheck, planStoredCorrection} from '../corrections/correct-bench.ts';
import type {CorrectionPlan} from '../corrections/correct-plan.ts';
import {placeOfSession} from '../placements/placements.ts';
import {defaultRunUids} from '../planes/session-planes.ts';
import {runCampaign, type CampaignHooks} from '../campaign/run-campaign.ts';
import {openDataFolder} from '../data-folder.ts';
import {openDesign} from '../designs/design-folder.ts';
import {findSession} from '../find-session.ts';
import type {AlignCall, AlignCampaignCall, AlignHooks} from './align-calls.ts';
import {openStoreFirst, type OpenChosenBench} from './chosen-bench.ts';

export interface CorrectCall extends AlignCampaignCall {
  /** Beginning of the uid of a session that was measured on this bench; measured first without one. */
  readonly session?: string | undefined;
  readonly allowDoubtful: boolean;
}

export interface CorrectOutcome {
  readonly sessionUid: string;
  readonly uid: string | null;
  /** Of the planes before the correction. */
  readonly result: AlignmentResult;
  /** What would have been done, where nothing was: there is nothing to move, or it is refused. */
  readonly plan: CorrectionPlan | null;
  readonly corrected: Awaited<ReturnType<typeof correctAndCheck>> | null;
}

/** Measures (unless a session is named), aligns, moves the mounted plates, measures again: all on one open bench. */
export async function correctOnBench(
  openBench: OpenChosenBench,
  call: CorrectCall,
  align: AlignCall,
  hooks: CampaignHooks & AlignHooks,
): Promise<CorrectOutcome> {
  const {scanPlan, session, allowDoubtful, ...choice} = call;
  const scan = scanPlan === undefined ? undefined : await readAlignScan(scanPlan);
  const data = await openDataFolder();
  using store = openStoreFirst(data.databasePath, hooks);
  const known = session === undefined ? undefined : findSession(store, session);
  // The virtual bench that was measured, whatever other seed is usual.
  const seed = known && placeOfSession(store, known.uid).benchSeed;
  await using bench = await openBench({...choice, seed: seed ?? choice.seed}, hooks);
  if (!bench.devices.mount)
    throw new BenchError(
      'plan/invalid',
      `The bench ${bench.file.name} has no motorised mounts of plates. Nothing was measured and nothing moved; name them in the bench file (mount:), give --mounts on the virtual bench, or align without --correct and move the plates by hand.`,
    );
  const by = choice.operator ?? userInfo().username;
  let sessionUid = known?.uid;
  if (sessionUid === undefined) {
    const design = await openDesign(choice.designFolder);
    const {onSession, ...prepared} = await prepareObjects({bench, store, design}, {...choice, scan}, hooks);
    const measured = await runCampaign(
      bench,
      store,
      data,
      {
        design,
        designFolder: choice.designFolder,
        digitCount: 1,
        seed: choice.seed,
        operator: by,
        ...prepared,
      },
      {...hooks, ...(onSession ? {onSession} : {})},
    );
    if (measured.endedEarly !== null) throw benchErrorFrom(measured.endedEarly);
    ({sessionUid} = measured);
  }
  const runUids = known ? [] : defaultRunUids(store, sessionUid, 'all');
  const {uid, result} = await alignSession(store, {sessionUid, runUids, ...align}, hooks);
  const found = {sessionUid, uid, result};
  if (uid === null) return {...found, plan: null, corrected: null};
  const plan = await planStoredCorrection(store, bench, uid, {allowDoubtful, signal: hooks.signal});
  if (plan.refusal || plan.moves.length === 0) return {...found, plan, corrected: null};
  const corrected = await correctAndCheck(
    bench,
    store,
    data,
    {alignmentUid: uid, by, align, allowDoubtful},
    hooks,
  );
  return {...found, plan, corrected};
}
