import {benchErrorFrom, hasCode} from '../../contract/errors.ts';
import type {GuardReport} from '../../contract/stored/guard-records.ts';
import type {HostLog} from '../services.ts';
import type {Store} from '../store/open-store.ts';
import {markReported, readReports} from './guard-files.ts';
import {guardReportText, isProvenSafe} from './guard-report-text.ts';

/**
 * Tells what guards of earlier hosts have done since anybody was told: in the log, with the run that was cut off, and in
 * the audit trail. Without a store that can be written it is told, and told again at the next start.
 */
export async function logReports(dataPath: string, store: Store, log: HostLog): Promise<void> {
  for (const report of await unreported(dataPath, log)) {
    const text = guardReportText(report);
    log.add({level: isProvenSafe(report) ? 'attention' : 'error', source: 'guard', text, code: null});
    if (store.readOnlyBecause) continue;
    if (report.run) addNote(store, report.run.uid, text);
    store.audit({
      actor: 'guard process',
      action: 'make-safe',
      subject: report.run?.uid ?? 'bench',
      details: {...report, text},
    });
    await markReported(dataPath, report);
  }
}

async function unreported(dataPath: string, log: HostLog): Promise<GuardReport[]> {
  try {
    return (await readReports(dataPath)).filter(({isReported}) => !isReported);
  } catch (error) {
    const text = `What guard processes have written down in ${dataPath} cannot be read: ${benchErrorFrom(error).message}`;
    log.add({level: 'attention', source: 'app', text, code: null});
    return [];
  }
}

/** A run whose session was deleted since takes no note. */
function addNote(store: Store, runUid: string, text: string): void {
  try {
    store.addNote({text, author: 'guard process', runUid});
  } catch (error) {
    if (!hasCode(error, 'store/not-found')) throw error;
  }
}
