import {useState, type ReactElement} from 'react';
import {Button, Dialog, TextField} from '../../../parts/index.ts';

/** Asks why a step is overridden (needed) or skipped (may be empty); the note is kept with the step. */
export function NoteDialog(props: {
  /** Null: closed. */
  readonly decision: 'override' | 'skip' | null;
  readonly title: string;
  readonly onClose: () => void;
  readonly onDecide: (decision: 'override' | 'skip', note: string) => void;
}): ReactElement {
  const {decision, title, onClose, onDecide} = props;
  const [note, setNote] = useState('');
  const isOverride = decision === 'override';
  const close = (): void => {
    setNote('');
    onClose();
  };
  return (
    <Dialog
      title={isOverride ? `Override “${title}”?` : `Skip “${title}”?`}
      isOpen={decision !== null}
      onClose={close}
      mustAnswer
      widthRem={36}
      buttons={
        <>
          <Button onPress={close}>Back</Button>
          <Button
            variant="primary"
            isDisabled={isOverride && note.trim() === ''}
            onPress={() => {
              if (decision !== null) onDecide(decision, note.trim());
              setNote('');
            }}
          >
            {isOverride ? 'Override' : 'Skip'}
          </Button>
        </>
      }
    >
      <p>
        {isOverride
          ? 'The next steps build on what was found although not every criterion is met.'
          : 'What this step would tell is not known in the next ones; they search further.'}
      </p>
      <TextField
        label={isOverride ? 'Why it may be used all the same' : 'Why (may be empty)'}
        value={note}
        onChange={setNote}
        isLong
        description="Kept with the step and in the notes of the session."
      />
    </Dialog>
  );
}
