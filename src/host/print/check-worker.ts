import {loadDesignFolder} from '../designs/design-folder.ts';
import {serveOnce} from '../threads/serve-once.ts';
import {checkPrint, type PrintSettings} from './prepare-print.ts';

// Entry of the thread that looks at plates for `checkPrintApart`.
await serveOnce(
  async ({designFolder, settings}: {readonly designFolder: string; readonly settings: PrintSettings}) =>
    checkPrint(await loadDesignFolder(designFolder), settings),
);
