import {artifactRecords} from './artifact-records.ts';
import {calibrationBases, calibrationRecords} from './calibration-records.ts';
import {
  lockRecord,
  queueRecord,
  reprintStateRecord,
  settingsRecord,
  trainingStateRecord,
  windowPlaceRecord,
} from './file-records.ts';
import {guardDutyRecord, guardReportRecord} from './guard-records.ts';
import {resultRecords} from './result-records.ts';
import type {AnyRecordKind} from './record.ts';
import {
  auditDetails,
  descriptorRecord,
  pointExtra,
  runStartRecord,
  runStopRecord,
  streamColumns,
} from './run-document-records.ts';
import {sessionRecords, sessionTags} from './session-records.ts';

/** Every kind of record that is stored, by where it stands: columns of the database, then files. */
export const storedKinds = {
  'sessions.details': Object.values<AnyRecordKind>(sessionRecords),
  session_tags: [sessionTags],
  'runs.start': [runStartRecord],
  'runs.stop': [runStopRecord],
  'streams.descriptor': [descriptorRecord],
  'streams.columns': [streamColumns],
  'points.extra': [pointExtra],
  'calibrations.value': Object.values<AnyRecordKind>(calibrationRecords),
  'calibrations.depends_on': [calibrationBases],
  'artifacts.metadata': Object.values<AnyRecordKind>(artifactRecords),
  'results.value': Object.values<AnyRecordKind>(resultRecords),
  'audit.details': [auditDetails],
  'settings.json': [settingsRecord],
  'state.json of a training': [trainingStateRecord],
  'reprint.json of a plate': [reprintStateRecord],
  'locks of ports': [lockRecord],
  'guard processes': [guardDutyRecord, guardReportRecord],
  'queue.json': [queueRecord],
  'window.json': [windowPlaceRecord],
} as const satisfies Readonly<Record<string, readonly AnyRecordKind[]>>;
