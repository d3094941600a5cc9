import type {CalibrationHours} from '../../contract/api/app.ts';
import type {Stored} from '../../contract/stored/record.ts';
import type {CalibrationKind, CalibrationValues} from '../../contract/stored/calibration-records.ts';
import {signalUnit} from '../../contract/detector.ts';
import {degFromRad, sFromH} from '../../contract/units.ts';
import {darkReadings} from './campaign-results.ts';
import {computeDarkLevel, type DarkVector} from '../../twin/metrics/index.ts';
import {detectorOfRun, signalOf} from '../runs/run-detector.ts';
import type {RunSummary} from '../store/run-reading.ts';
import type {Store} from '../store/open-store.ts';
import {calibrationKinds} from '../calibrations/calibration-kinds.ts';

interface Validity {
  readonly validForH: number;
  /** Calibrations without which it means nothing. */
  readonly dependsOn?: readonly (string | undefined)[];
}

/**
 * Keeps what the beginning of a campaign has found of the instruments: a lock-in's phase, the dark level that was
 * taken with it, the power at the reference point that was read with both. Returns the uids by kind; a kind of which
 * the session has no run is left out.
 */
export function recordInstrumentCalibrations(
  store: Store,
  sessionUid: string,
  hours: CalibrationHours,
  atS: number,
): Partial<Record<'lockInPhase' | 'darkLevel' | 'sourcePower', string>> {
  const runs = store.listRuns(sessionUid);
  const lastOf = (planName: string): RunSummary | undefined =>
    runs.findLast((run) => run.planName === planName && run.exitStatus === 'success' && run.pointCount > 0);
  const [darkRun, referenceRun] = [lastOf('dark-level'), lastOf('reference')];
  if (!darkRun || !referenceRun) return {};
  const dark = computeDarkLevel(darkReadings(store, runs));
  const reading = readReference(store, referenceRun.uid, dark);
  const unit = reading.unit === 'V' ? {} : {unit: reading.unit};
  const add = <Kind extends CalibrationKind>(
    kind: Kind,
    run: RunSummary,
    value: Stored<CalibrationValues[Kind]>,
    {validForH, dependsOn = []}: Validity,
  ): string =>
    store.addCalibration({
      kind,
      sessionUid,
      runUid: run.uid,
      timeS: atS,
      validUntilS: atS + sFromH(validForH),
      dependsOn: dependsOn.filter((uid) => uid !== undefined),
      value,
    });

  const phase: CalibrationValues[typeof calibrationKinds.lockInPhase] | undefined =
    reading.referencePhaseDeg === undefined
      ? undefined
      : {referencePhaseDeg: reading.referencePhaseDeg, signalPhaseDeg: reading.signalPhaseDeg};
  const lockInPhase =
    phase && add(calibrationKinds.lockInPhase, referenceRun, phase, {validForH: hours.lockInPhase});
  const darkValue: CalibrationValues[typeof calibrationKinds.darkLevel] = {
    ...unit,
    xV: dark.real,
    yV: dark.imaginary,
    readingSigmaV: dark.readingSigma,
    readingCount: dark.count,
  };
  // The pick-up turns with the phase, so a dark level holds for the phase that it was taken with.
  const darkLevel = add(calibrationKinds.darkLevel, darkRun, darkValue, {
    validForH: hours.darkLevel,
    dependsOn: [lockInPhase],
  });
  const power: CalibrationValues[typeof calibrationKinds.sourcePower] = {
    ...unit,
    referenceV: reading.reference,
    sigmaV: dark.readingSigma,
    xMm: reading.xMm,
    yMm: reading.yMm,
    powerDbm: reading.powerDbm ?? null,
  };
  const sourcePower = add(calibrationKinds.sourcePower, referenceRun, power, {
    validForH: hours.sourcePower,
    dependsOn: [darkLevel],
  });
  return {...(lockInPhase === undefined ? {} : {lockInPhase}), darkLevel, sourcePower};
}

function readReference(store: Store, runUid: string, dark: DarkVector) {
  const {data} = store.readPoints(runUid, 'reference');
  const run = store.getRun(runUid);
  const detector = detectorOfRun(run);
  const {real, imaginary} = signalOf(data, detector);
  const [x, y] = [real[0] - dark.real, imaginary ? imaginary[0] - dark.imaginary : 0];
  const settings = run.descriptors.flatMap(({configuration}) =>
    Object.values(configuration).map((own) => own.data),
  );
  const setting = (name: string): number | undefined => {
    const value = settings.find((own) => typeof own[name] === 'number')?.[name];
    return typeof value === 'number' ? value : undefined;
  };
  return {
    unit: signalUnit(detector),
    reference: Math.hypot(x, y),
    signalPhaseDeg: degFromRad(Math.atan2(y, x)),
    xMm: data['x_mm'][0],
    yMm: data['y_mm'][0],
    referencePhaseDeg: setting('referencePhaseDeg'),
    powerDbm: setting('powerDbm'),
  };
}
