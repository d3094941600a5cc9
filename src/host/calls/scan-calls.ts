import {BenchError} from '../../contract/errors.ts';
import type {RunHooks} from '../bench/bench-engine.ts';
import {openDataFolder} from '../data-folder.ts';
import {openDesign} from '../designs/design-folder.ts';
import {findSession} from '../find-session.ts';
import {assertExportable} from '../scan/export-points.ts';
import {readPlanSpec} from '../scan/read-plan.ts';
import {dryRunScan, runScan, type ScanDryRun, type ScanOutcome, type ScanRequest} from '../scan/run-scan.ts';
import {openStoreFirst, type BenchChoice, type BenchHooks, type OpenChosenBench} from './chosen-bench.ts';

export interface ScanCall extends BenchChoice, Omit<ScanRequest, 'spec' | 'design'> {
  /** Name of a plan, JSON object, or file. */
  readonly plan: string;
  /** Laid over the plan. */
  readonly planFields: Readonly<Record<string, unknown>>;
}

async function scanRequestFrom(call: ScanCall): Promise<ScanRequest> {
  const spec = await readPlanSpec(call.plan, call.planFields);
  if (call.outPath !== undefined) await assertExportable(call.outPath, spec);
  const design = call.designFolder === undefined ? undefined : await openDesign(call.designFolder);
  if (spec.plan === 'regions' && !design)
    throw new BenchError(
      'cli/usage',
      'The plan "regions" measures the detector regions of a design; name it with --design. Nothing was moved.',
    );
  return {...call, spec, design};
}

/** Walks a scan dry on the chosen bench: its instruments are connected, but nothing moves and RF stays off. */
export async function dryRunOnBench(
  openBench: OpenChosenBench,
  call: ScanCall,
  hooks: RunHooks & BenchHooks,
): Promise<{readonly dryRun: ScanDryRun; readonly refusal: BenchError | null}> {
  const request = await scanRequestFrom(call);
  await using bench = await openBench(call, hooks);
  return await dryRunScan(bench, request);
}

/** Opens store and bench, runs the scan, closes both in every ending. A store that cannot be used is told first. */
export async function scanOnBench(
  openBench: OpenChosenBench,
  call: ScanCall,
  hooks: RunHooks & BenchHooks,
): Promise<ScanOutcome> {
  const request = await scanRequestFrom(call);
  using store = openStoreFirst((await openDataFolder()).databasePath, hooks);
  if (call.sessionUid !== undefined) findSession(store, call.sessionUid);
  await using bench = await openBench(call, hooks);
  return await runScan(bench, store, request, hooks);
}
