import {moduleUrl} from '../../base/module-url.ts';
import type {PrintCheck} from '../../contract/plate-export.ts';
import {onThread} from '../threads/run-once.ts';
import type {PrintSettings} from './prepare-print.ts';

/** Says on a thread of its own what a printer would make of the design of a folder; see `checkPrint`. */
export const checkPrintApart = onThread<
  {readonly designFolder: string; readonly settings: PrintSettings},
  PrintCheck
>(
  moduleUrl('./check-worker.ts', import.meta.url),
  'The thread that looks at the plates has ended. Nothing was written.',
);
