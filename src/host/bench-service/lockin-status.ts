import type {DetectorStatus, LockInStatus} from '../../contract/api/index.ts';

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** A detector's status in the form of earlier versions, of a lock-in amplifier; null for any other detector. */
export function lockInStatusOf(detector: DetectorStatus | null): LockInStatus | null {
  if (!detector) return null;
  const {columns, reading, sigma, isValid, problem, settings, utc} = detector;
  const names = ['xV', 'yV', 'rV', 'thetaDeg'] as const;
  if (!names.every((name) => columns.some((column) => column.name === name))) return null;
  const setting = (name: string): number | null =>
    numberOrNull(settings.find(({parameter}) => parameter === name)?.value);
  return {
    reading: reading && {xV: reading.xV, yV: reading.yV, rV: reading.rV, thetaDeg: reading.thetaDeg},
    sigmaV: sigma,
    isValid,
    problem,
    timeConstantS: setting('timeConstantS'),
    sensitivityV: setting('sensitivityV'),
    utc,
  };
}
