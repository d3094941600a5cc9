import {BenchError} from '../../contract/errors.ts';
import type {Design} from '../../twin/design/load.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import type {Store} from '../store/open-store.ts';
import {getAlignment} from '../placements/alignment-records.ts';
import {correctionSourceOf, planCorrection} from '../corrections/correct-plan.ts';
import {applyCorrection, keepCorrection, type CorrectionProgress} from '../corrections/correct-plates.ts';
import {addCorrectionCheck, listCorrections} from '../corrections/correct-records.ts';
import type {GuideAttempt} from './guide-records.ts';

/** Corrections that were made of the alignments of some tries and are neither kept nor undone yet. */
const openCorrections = (store: Store, attempts: readonly GuideAttempt[]) => {
  const alignments = new Set(attempts.flatMap(({alignmentUid}) => alignmentUid ?? []));
  return listCorrections(store).filter(
    ({alignmentUid, state}) => alignmentUid !== null && alignments.has(alignmentUid) && state === 'done',
  );
};

/**
 * Moves the mounted plates by what a try of the whole stack has found; bounded, journalled and undone as every
 * correction. Returns what is left to be done by hand, in sentences. Throws `plan/invalid` where there is nothing to
 * move, or what refuses the correction; nothing has moved then.
 */
export async function correctByMounts(
  {bench, store}: {readonly bench: OpenBench; readonly store: Store},
  design: Design,
  alignmentUid: string,
  hooks: {
    readonly by: string;
    readonly signal: AbortSignal;
    readonly onProgress: (progress: CorrectionProgress) => void;
  },
): Promise<readonly string[]> {
  if (!bench.devices.mount)
    throw new BenchError(
      'plan/invalid',
      `The bench ${bench.file.name} has no motorised mounts of plates. Nothing moved; correct the plates by hand and repeat the step.`,
    );
  const source = correctionSourceOf(store, getAlignment(store, alignmentUid), design.file);
  const plan = await planCorrection(store, bench, source, {signal: hooks.signal});
  if (plan.refusal) throw plan.refusal;
  if (plan.moves.length === 0)
    throw new BenchError(
      'plan/invalid',
      'There is nothing that the mounts could correct: every value is below what matters, or has no motor. Nothing moved.',
    );
  await applyCorrection(store, bench, source, {...hooks, shown: plan.moves});
  return plan.manualSteps;
}

/** Says of the corrections of earlier tries which session has measured what they did. */
export function noteCheckOfCorrections(
  store: Store,
  attempts: readonly GuideAttempt[],
  campaignUid: string,
): void {
  for (const {uid} of openCorrections(store, attempts)) addCorrectionCheck(store, uid, campaignUid);
}

/** Keeps the corrections that led to the try that is accepted. */
export function keepCorrections(store: Store, attempts: readonly GuideAttempt[], author: string): void {
  for (const {uid} of openCorrections(store, attempts)) keepCorrection(store, uid, author);
}
