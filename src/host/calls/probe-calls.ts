import type {ProbePlan} from '../../contract/probe-plan.ts';
import {probeDigitsFrom} from '../probes/probe-digits.ts';
import {
  findAlignment,
  planFirstProbes,
  planNextProbes,
  type ProbeChoices,
} from '../probes/probe-plan-on-bench.ts';
import type {ProbePlanHooks} from '../probes/probe-plan.ts';
import {paceOfSession, pacedScans} from '../probes/probe-pace.ts';
import {gridPlansOf, timedScans, timeScans} from '../probes/probe-scans.ts';
import {loadSessionDesign} from '../campaign/session-design.ts';
import {openDataFolder} from '../data-folder.ts';
import {openDesign} from '../designs/design-folder.ts';
import {openStore} from '../store/open-store.ts';
import type {BenchChoice, BenchHooks, OpenChosenBench} from './chosen-bench.ts';

export interface ProbePlanCall extends BenchChoice, ProbeChoices {
  readonly designFolder: string;
  /** Beginning of the uid of an alignment to add to; a first measurement without it. */
  readonly resultUid?: string | undefined;
}

/**
 * What to measure next on the chosen bench, which is opened for its light, its probe and its pace; nothing moves and
 * RF stays off. After an alignment of a real bench without its bench file, times are those of its own planes.
 */
export async function planProbesOnBench(
  openBench: OpenChosenBench,
  call: ProbePlanCall,
  hooks: ProbePlanHooks & BenchHooks,
): Promise<ProbePlan> {
  const {objectCount} = call;
  if (call.resultUid === undefined) {
    const design = await openDesign(call.designFolder);
    const digits = probeDigitsFrom(call.digits ?? [], design.file);
    await using bench = await openBench(call, hooks);
    const scans = timedScans(await timeScans(bench, {design, digits, objectCount}, hooks.signal));
    const {probe, illumination = design.file.illumination} = bench.file;
    return await planFirstProbes({design, illumination, probe, scans}, call, hooks);
  }
  using store = openStore((await openDataFolder()).databasePath);
  const alignment = findAlignment(store, call.resultUid);
  const seed = alignment.benchSeed;
  if (call.benchPath === undefined && seed === null) {
    const pace = paceOfSession(store, alignment.sessionUid);
    return await planNextProbes(store, alignment, call, (own) => pacedScans(gridPlansOf(own), pace), hooks);
  }
  await using bench = await openBench({...call, seed: seed ?? call.seed}, hooks);
  const design = await loadSessionDesign(store, alignment.sessionUid);
  const digits = probeDigitsFrom([], design.file);
  const scans = timedScans(await timeScans(bench, {design, digits, objectCount}, hooks.signal));
  return await planNextProbes(store, alignment, call, () => scans, hooks);
}
