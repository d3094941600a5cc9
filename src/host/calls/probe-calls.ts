import type {ProbePlan} from '../../contract/probe-plan.ts';
import {probeDigitsFrom} from '../probes/probe-digits.ts';
import {
  findAlignment,
  planFirstProbes,
  planNextProbes,
  scansOf,
  type ProbeChoices,
} from '../probes/probe-plan-on-bench.ts';
import type {ProbePlanHooks} from '../probes/probe-plan.ts';
import {listGridPlans, ownGridPlan, untimedScans} from '../probes/probe-scans.ts';
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
 * RF stays off. After an alignment of a real bench without its bench file, no times are told.
 */
export async function planProbesOnBench(
  openBench: OpenChosenBench,
  call: ProbePlanCall,
  hooks: ProbePlanHooks & BenchHooks,
): Promise<ProbePlan> {
  if (call.resultUid === undefined) {
    const design = await openDesign(call.designFolder);
    probeDigitsFrom(call.digits ?? [], design.file);
    await using bench = await openBench(call, hooks);
    return await planFirstProbes(bench, design, call, hooks);
  }
  using store = openStore((await openDataFolder()).databasePath);
  const alignment = findAlignment(store, call.resultUid);
  const seed = alignment.benchSeed;
  if (call.benchPath === undefined && seed === null)
    return await planNextProbes(
      store,
      alignment,
      call,
      (design) => Promise.resolve(untimedScans(listGridPlans(design, ownGridPlan(design)))),
      hooks,
    );
  await using bench = await openBench({...call, seed: seed ?? call.seed}, hooks);
  return await planNextProbes(
    store,
    alignment,
    call,
    (design, digits) => scansOf(bench, design, digits, hooks.signal),
    hooks,
  );
}
