import {useState, type ReactElement} from 'react';
import type {ApiOutputs, RunSummary} from '../../../contract/api/index.ts';
import {useActions} from '../../actions/actions.ts';
import {Button, Select, TextField} from '../../parts/index.ts';
import {dateTimeText} from '../../parts/time-text.ts';
import {useNoteDraft} from './note-draft.ts';
import {runName} from './session-labels.ts';
import styles from './SessionDetail.module.css';

type Note = ApiOutputs['sessions']['get']['notes'][number];

const wholeSession = '';

interface NoteFormProps {
  readonly sessionUid: string;
  readonly runs: readonly RunSummary[];
  readonly whyNot: string | undefined;
  readonly onWrite: (text: string, runUid: string | null) => Promise<boolean>;
}

/** Notes of a session and its runs, newest first, and the place to write one. */
export function SessionNotes(props: NoteFormProps & {readonly notes: readonly Note[]}): ReactElement {
  const {notes, ...form} = props;
  const nameOf = (runUid: string | null): string => {
    const run = form.runs.find(({uid}) => uid === runUid);
    return run ? runName(run) : 'session';
  };
  // They come in the order in which they were written, which no setting of the clock changes.
  const newestFirst = notes.toReversed();
  return (
    <div className={styles.notes}>
      <NoteForm {...form} />
      {notes.length === 0 && <p className={styles.quiet}>No note yet.</p>}
      <ul className={styles.noteList} aria-label="Notes">
        {newestFirst.map((note) => (
          <li key={note.uid}>
            <p className={styles.noteHead}>
              {dateTimeText(note.timeS * 1000)} · {note.author || 'unknown'} · {nameOf(note.runUid)}
            </p>
            <p className={styles.noteText}>{note.text}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}

function NoteForm({sessionUid, runs, whyNot, onWrite}: NoteFormProps): ReactElement {
  const [draft, setDraft] = useNoteDraft(sessionUid);
  const [isWriting, setIsWriting] = useState(false);
  const isEmpty = draft.text.trim() === '';
  const write = async (): Promise<void> => {
    if (isEmpty || isWriting || whyNot !== undefined) return;
    setIsWriting(true);
    if (await onWrite(draft.text.trim(), draft.runUid)) setDraft({text: '', runUid: draft.runUid});
    setIsWriting(false);
  };
  useActions([
    {
      id: 'sessions.writeNote',
      title: 'Keep the note that is being written',
      group: 'Sessions',
      shortcut: 'mod+enter',
      disabledBecause: whyNot ?? (isEmpty ? 'The note is empty.' : undefined),
      run: () => void write(),
    },
  ]);
  return (
    <div className={styles.noteForm}>
      <TextField
        label="Note"
        isLong
        placeholder="What somebody should know who reads this in a year"
        value={draft.text}
        onChange={(text) => setDraft({...draft, text})}
        description="Notes are added, never changed. What is typed here stays until it is kept."
      />
      <div className={styles.noteTools}>
        <Select
          label="About"
          value={draft.runUid ?? wholeSession}
          options={[
            {value: wholeSession, label: 'the whole session'},
            ...runs.map((run) => ({
              value: run.uid,
              label: `${runName(run)}${run.sample === '' ? '' : `, ${run.sample}`}`,
            })),
          ]}
          onChange={(runUid) => setDraft({...draft, runUid: runUid === wholeSession ? null : runUid})}
        />
        <Button
          variant="primary"
          isDisabled={isEmpty || isWriting || whyNot !== undefined}
          hint={whyNot ?? 'Ctrl+Enter'}
          onPress={() => void write()}
        >
          Keep note
        </Button>
      </div>
    </div>
  );
}
