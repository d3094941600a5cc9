import type {RunSummary} from '../../../contract/api/index.ts';
import type {ExportFormat} from '../../../contract/export-formats.ts';
import {client} from '../../connection/index.ts';
import {attempt, notify} from '../../parts/index.ts';
import {saveFile} from '../../parts/save-file.ts';

interface FileAnswer {
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

async function saveAnswer(ask: () => Promise<FileAnswer>): Promise<void> {
  await attempt(async () => {
    const {fileName, mediaType, bytes} = await ask();
    const path = await saveFile(fileName, mediaType, bytes);
    if (path !== null) notify({level: 'info', text: `Saved ${path}.`});
  });
}

/** Saves a session in a format; what cannot be made becomes a notice. */
export const saveSession = (sessionUid: string, format: ExportFormat): Promise<void> =>
  saveAnswer(() => client.sessions.export({sessionUid, format}));

/** Saves one run of a session. */
export const saveRun = (run: Pick<RunSummary, 'uid' | 'sessionUid'>, format: ExportFormat): Promise<void> =>
  saveAnswer(() => client.sessions.export({sessionUid: run.sessionUid, runUid: run.uid, format}));

/** Saves a stored artifact as it is kept. */
export const saveArtifact = (uid: string): Promise<void> => saveAnswer(() => client.sessions.artifact({uid}));
