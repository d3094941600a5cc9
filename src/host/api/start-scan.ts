import type {SettingsPolicy} from '../../contract/questions.ts';
import type {Suspender} from '../../contract/suspender.ts';
import type {LiveServices} from '../bench-service/live-bench.ts';
import {findSession} from '../find-session.ts';
import {dryRunScan, runScan, type ScanRequest} from '../scan/run-scan.ts';
import {dataServicesOf} from './data-services.ts';

/** A scan to be started, and how it is followed. */
export interface ScanStart {
  readonly request: ScanRequest;
  readonly title: string;
  readonly onSettings: SettingsPolicy;
  readonly isAttended: boolean;
  /** What suspends it; what the bench file says unless given. */
  readonly suspenders?: readonly Suspender[] | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Starts a scan on the open bench; what it measured is kept under the id of its job. What it would be refused for is thrown
 * here, so that the caller gets it before anything is begun.
 */
export async function startScan(
  services: LiveServices,
  {request, title, onSettings, isAttended, suspenders, signal}: ScanStart,
): Promise<{readonly id: string}> {
  const {bench, store} = services;
  const {scanOutcomes: outcomes} = dataServicesOf(services);
  // Told now and not after the run has begun.
  if (request.sessionUid !== undefined) findSession(store, request.sessionUid);
  // A scan that leaves the limits is refused here, so that the caller gets the error.
  const checked = bench.isBusy
    ? undefined
    : await dryRunScan({bench: bench.requireOpen(), store}, request, {fromMm: bench.positionMm(), signal});
  if (checked?.refusal) throw checked.refusal;
  const {id} = bench.startJob({
    kind: 'scan',
    isAttended,
    settingsPolicy: onSettings,
    suspenders,
    title,
    async run(open, hooks) {
      const {summary, endedEarly} = await runScan({bench: open, store}, request, hooks, checked?.walked);
      outcomes.keep(id, summary);
      if (endedEarly) throw endedEarly;
    },
  });
  return {id};
}
