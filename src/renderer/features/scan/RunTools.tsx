import {type ReactElement, useState} from 'react';
import {useLocation} from 'wouter';
import type {RunSummary} from '../../../contract/api/index.ts';
import {planNames} from '../../../contract/plan-names.ts';
import {exportFormatInfo, exportFormatNames, type ExportFormat} from '../../../contract/export-formats.ts';
import {client} from '../../connection/index.ts';
import {attempt, Button, Dialog, MenuButton, notify, TextField, useRefusal} from '../../parts/index.ts';
import {saveFile} from '../../parts/save-file.ts';
import {AgainButton, ResumeButton, wasCutOff} from '../../run-data/index.ts';

const runFormats = exportFormatNames.flatMap((format) => {
  const {ofRun} = exportFormatInfo(format);
  return ofRun ? [{format, ofRun}] : [];
});

/** What one does with a run: take it away as a file, compare it, write something about it. */
export function RunTools({summary}: {readonly summary: RunSummary}): ReactElement {
  const [, navigate] = useLocation();
  const {uid: runUid, sessionUid} = summary;
  const save = (format: ExportFormat) => (): void =>
    void attempt(async () => {
      const file = await client.sessions.export({sessionUid, runUid, format});
      const path = await saveFile(file.fileName, file.mediaType, file.bytes);
      if (path !== null) notify({level: 'info', text: `Saved ${path}.`});
    });
  return (
    <>
      <MenuButton
        isCompact
        menuLabel="Export the run"
        entries={runFormats.map(({format, ofRun}) => ({id: format, ...ofRun, onChoose: save(format)}))}
      >
        Export
      </MenuButton>
      <Button
        isCompact
        isDisabled={!summary.isGrid}
        hint={summary.isGrid ? 'Beside what the twin predicts for it' : 'Only a plane can be compared.'}
        onPress={() => navigate(`/compare?a=run:${runUid}&b=prediction:${runUid}:nominal`)}
      >
        Compare
      </Button>
      {wasCutOff(summary) && <ResumeButton run={summary} />}
      {isScan(summary) && <AgainButton run={summary} />}
      <NoteButton runUid={runUid} />
    </>
  );
}

/** Whether it was made by a plan of its own, and is over. */
const isScan = ({planName, exitStatus}: RunSummary): boolean =>
  exitStatus !== null && planNames.some((name) => name === planName);

function NoteButton({runUid}: {readonly runUid: string}): ReactElement {
  const refusal = useRefusal('operate');
  const [isOpen, setIsOpen] = useState(false);
  const [text, setText] = useState('');
  const keep = (): void =>
    void attempt(() => client.sessions.addNote({runUid, text: text.trim()}), 'The note is kept.').then(
      (isKept) => {
        if (!isKept) return;
        setText('');
        setIsOpen(false);
      },
    );
  return (
    <>
      <Button
        isCompact
        isDisabled={refusal !== undefined}
        hint={refusal ?? 'Writes something about this run into its session'}
        onPress={() => setIsOpen(true)}
      >
        Note
      </Button>
      <Dialog
        title="A note to this run"
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        widthRem={32}
        buttons={
          <Button variant="primary" isDisabled={text.trim() === ''} onPress={keep}>
            Keep note
          </Button>
        }
      >
        <TextField label="Note" isLong value={text} onChange={setText} />
      </Dialog>
    </>
  );
}
