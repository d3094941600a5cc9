import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {
  calibrationHoursSchema,
  usualCalibrationHours,
  type CalibrationHours,
} from '../../contract/api/app.ts';

/** For how long calibrations count, as the settings of a data folder have it; the usual times where they do not say. */
export async function readCalibrationHours(folder: string): Promise<CalibrationHours> {
  try {
    const text = await readFile(join(folder, 'settings.json'), 'utf8');
    const {calibrationHours} = JSON.parse(text) as {calibrationHours?: unknown};
    return calibrationHoursSchema.parse(calibrationHours);
  } catch {
    // No file yet, no such setting, or a damaged file, of which whoever opens the settings is told.
    return usualCalibrationHours;
  }
}
