import {countOf} from '../../base/count-text.ts';
import {BenchError} from '../../contract/errors.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import {campaignDetailsOf, digitOfRun} from '../campaign/campaign-results.ts';
import {digitIdOf, testDigitsById, type TestDigit} from '../campaign/digits.ts';
import type {CampaignRequest} from '../campaign/run-campaign.ts';
import {openDesign} from '../designs/design-folder.ts';
import {gridFrameOf} from '../runs/run-plane.ts';
import type {Store} from '../store/open-store.ts';
import {firstScanIdOf, type StoredAlignment} from '../placements/alignment-records.ts';
import {isSameBench, platesMovedSince, platesText, unknownMovesSince} from '../placements/plate-moves.ts';

/** A campaign that belongs to an alignment. */
export type FurtherCampaign = CampaignRequest & {
  readonly digits: readonly TestDigit[];
  readonly title: string;
};

/**
 * The campaign that measures an alignment's planes again: the same objects, scanned over the same field in the same
 * steps, with the design that its session names. Throws `plan/invalid` when that design has changed since.
 */
export async function sameCampaign(
  store: Store,
  alignment: Pick<StoredAlignment, 'sessionUid' | 'planes'>,
): Promise<FurtherCampaign> {
  const ids = alignment.planes.flatMap(({runUid}) => {
    const digit = digitOfRun(store, store.getRunSummary(runUid));
    return digit ? [digitIdOf(digit)] : [];
  });
  return {
    ...(await campaignLike(store, alignment, ids)),
    title: `after a correction by mounts: ${objectsText(ids.length)} again`,
  };
}

/**
 * The campaign that measures further objects (ids such as `mnist:5:5654`) beside those of an alignment, on the open
 * bench and as those were scanned. Throws `plan/invalid` on another bench, after mounts have moved a plate, or when the
 * design has changed: the new planes could not be aligned together with the old ones.
 */
export async function addingCampaign(
  store: Store,
  {file, seed}: Pick<OpenBench, 'file' | 'seed'>,
  alignment: StoredAlignment,
  ids: readonly string[],
): Promise<FurtherCampaign> {
  if (!isSameBench({benchName: file.name, benchSeed: seed ?? null}, alignment))
    throw new BenchError(
      'plan/invalid',
      'The open bench is another one than that of this alignment, so further planes would say nothing of it. Nothing was begun; open its bench.',
    );
  const firstScanId = firstScanIdOf(store, alignment);
  const unknown = unknownMovesSince(store, alignment, firstScanId);
  if (unknown !== '')
    throw new BenchError(
      'store/damaged',
      `Since the planes of this alignment a plate may have been moved. ${unknown} Nothing was begun; measure anew.`,
    );
  const moved = platesMovedSince(store, alignment, firstScanId);
  if (moved.length > 0)
    throw new BenchError(
      'plan/invalid',
      `The mounts have moved ${platesText(moved)} since the planes of this alignment, so further planes cannot be aligned together with them. Nothing was begun; measure anew.`,
    );
  return {
    ...(await campaignLike(store, alignment, ids)),
    title: `${objectsText(ids.length)} more for an alignment`,
  };
}

async function campaignLike(
  store: Store,
  {sessionUid, planes}: Pick<StoredAlignment, 'sessionUid' | 'planes'>,
  ids: readonly string[],
): Promise<Omit<FurtherCampaign, 'title'>> {
  const session = store.getSession(sessionUid);
  const details = campaignDetailsOf(session);
  const design = await openDesign(details.designFolder);
  if (design.file.contentHash !== session.designHash)
    throw new BenchError(
      'plan/invalid',
      `The design in ${details.designFolder} is no longer the one of session "${session.title}", so nothing can be measured beside its planes. Nothing was begun; align a session of the present design.`,
    );
  const [first] = planes;
  const frame = first && gridFrameOf(store.getRun(first.runUid).start);
  const digits = testDigitsById(ids, design.file);
  return {
    design,
    designFolder: details.designFolder,
    digits,
    digitCount: digits.length,
    seed: details.seed,
    choices: {
      stepMm: details.stepMm,
      ...(frame && {
        extentMm: {widthMm: frame.xMm[1] - frame.xMm[0], heightMm: frame.yMm[1] - frame.yMm[0]},
      }),
    },
  };
}

const objectsText = (count: number): string => `${countOf(count, 'object')}`;
