import type {SettingsSnapshot} from '../../contract/devices.ts';
import type {Plan} from '../../contract/messages.ts';
import type {ContinuedRun} from '../../contract/run-records.ts';
import type {ScanMonitors} from '../../contract/scan-monitors.ts';
import {type CampaignQueue, referenceRun} from './campaign.ts';
import {measureDarkLevel} from './dark-level.ts';
import type {GridSpec} from './geometry.ts';
import {gridScan, type MeasuredPlane} from './grid.ts';
import type {BenchRoles, Dwell} from './measure.ts';
import {campaignScans, type ScannedFrequencies, scanObject} from './object-scans.ts';
import type {ObjectMount} from './registration.ts';
import type {ReferenceVisits} from './reference-visits.ts';
import type {ScanMetadata} from './scan.ts';
import {applySettings, askOperator, callAction, reportProgress, sleep, turnOnAt} from './steps.ts';
import {skippable, withSourceOff, withStageStopped} from './wrappers.ts';

/** The rest of a campaign whose bench was set up and registered before it was cut off. */
export interface CampaignResumeOptions {
  readonly roles: BenchRoles;
  readonly dwell: Dwell;
  readonly homeFirst: boolean;
  readonly warmUpMs: number;
  readonly darkReadingCount: number;
  /** With which its scans were made. */
  readonly detectorSettings: SettingsSnapshot;
  readonly objects: readonly ObjectMount[];
  readonly grid: GridSpec;
  readonly reference: ReferenceVisits | undefined;
  readonly monitors?: ScanMonitors | undefined;
  readonly frequenciesHz: ScannedFrequencies | undefined;
  /** Indices in `objects` of what is left, the digit that was cut off first. */
  readonly queue: CampaignQueue;
  /** Goes on with the points of this digit, once `certify` has let it; measured anew without. */
  readonly digit?:
    | {readonly index: number; readonly startIndex: number; readonly certify: () => Plan<ContinuedRun>}
    | undefined;
  readonly metadata?: ScanMetadata;
}

/** Home if asked, source up, dark level with the settings from before, digit by digit, reference and dark level again. */
export const campaignResume = (options: CampaignResumeOptions): Plan<void> =>
  withStageStopped(withSourceOff(measureRest(options), options.roles.source), options.roles.stage);

function* measureRest(options: CampaignResumeOptions): Plan<void> {
  const {roles, dwell, objects, queue, reference, frequenciesHz, metadata} = options;
  let stepsDone = 0;
  const stepDone = (label: string): Plan<void> =>
    reportProgress(`campaign: ${label}`, ++stepsDone, 2 + queue.count);
  const dark = (turnOnAfter: boolean): Plan<unknown> =>
    measureDarkLevel({
      roles,
      dwell,
      method: 'source-off',
      readingCount: options.darkReadingCount,
      turnOnAfter,
      ...(metadata ? {metadata} : {}),
    });
  if (options.homeFirst) yield* callAction(roles.stage, 'home');
  yield* applySettings(roles.detector.role, options.detectorSettings);
  yield* callAction(roles.source, 'turn-on');
  yield* sleep(options.warmUpMs, 'warm-up of the source');
  yield* dark(true);
  yield* stepDone('dark level');
  let isFirst = true;
  for (let index = queue.next(); index !== undefined; index = queue.next()) {
    const at = {index, object: objects[index], isContinued: isFirst && index === options.digit?.index};
    isFirst = false;
    const plane = yield* skippable(measureDigit(options, at), () => queue.isSkipping());
    yield* stepDone(plane ? at.object.label : `${at.object.label} skipped`);
  }
  if (frequenciesHz) yield* turnOnAt(roles.source, frequenciesHz[0]);
  if (reference) {
    // The reference is comparable with the first one only behind the same mask.
    yield* askOperator({kind: 'mount-object', ...objects[0]});
    yield* referenceRun({roles, dwell, ...(metadata ? {metadata} : {})}, reference.atMm);
  }
  yield* dark(false);
  yield* stepDone('final reference and dark level');
}

function* measureDigit(
  {roles, dwell, grid, reference, monitors, frequenciesHz, metadata, digit}: CampaignResumeOptions,
  {
    index,
    object,
    isContinued,
  }: {readonly index: number; readonly object: ObjectMount; readonly isContinued: boolean},
): Plan<MeasuredPlane> {
  yield* askOperator({kind: 'mount-object', ...object});
  const own = {...metadata, sample: object.label, campaignIndex: index};
  const scan = {roles, dwell, grid, reference, monitors};
  if (!isContinued || !digit) return yield* scanObject({...scan, metadata: own}, frequenciesHz);
  const continues = yield* digit.certify();
  return yield* gridScan({
    ...scan,
    planName: campaignScans.own,
    startIndex: digit.startIndex,
    metadata: {...own, continues},
  });
}
