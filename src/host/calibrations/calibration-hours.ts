import {join} from 'node:path';
import {parseBoundedJson} from '../../base/bounded-json.ts';
import {defaultCalibrationHours, type CalibrationHours} from '../../contract/api/app.ts';
import {settingsRecord} from '../../contract/stored/file-records.ts';
import {fileLimitBytes} from '../files/file-limits.ts';
import {readBounded} from '../files/read-bounded.ts';

/** For how long calibrations count, as the settings of a data folder have it; the default times where they do not say. */
export async function readCalibrationHours(folder: string): Promise<CalibrationHours> {
  try {
    const path = join(folder, 'settings.json');
    const bytes = await readBounded(path, fileLimitBytes.settings, {
      subject: path,
      whenMissing: '',
      whenUnusable: '',
    });
    const settings = parseBoundedJson(new TextDecoder().decode(bytes), fileLimitBytes.settings);
    return settingsRecord.read(settings).value?.calibrationHours ?? defaultCalibrationHours;
  } catch {
    // No file yet, no such setting, or a damaged file, of which whoever opens the settings is told.
    return defaultCalibrationHours;
  }
}
