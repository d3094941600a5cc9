import {useRef, useState, type ReactElement} from 'react';
import {Form} from 'react-aria-components';
import {Button, TextField} from '../../parts/index.ts';
import styles from './SessionDetail.module.css';

/** The title, which can be changed in place. */
export function SessionTitle(props: {
  readonly title: string;
  readonly whyNot: string | undefined;
  readonly onChange: (title: string) => Promise<boolean>;
}): ReactElement {
  const {title, whyNot, onChange} = props;
  const [draft, setDraft] = useState<string | null>(null);
  const [isSaving, setIsSaving] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const save = async (): Promise<void> => {
    const next = draft?.trim() ?? '';
    if (next === '') return;
    setIsSaving(true);
    if (next === title || (await onChange(next))) setDraft(null);
    setIsSaving(false);
  };
  if (draft === null)
    return (
      <div className={styles.titleRow}>
        <h2 className={styles.title}>{title}</h2>
        <Button
          isCompact
          isDisabled={whyNot !== undefined}
          hint={whyNot}
          onPress={() => {
            setDraft(title);
            requestAnimationFrame(() => root.current?.querySelector('input')?.select());
          }}
        >
          Rename
        </Button>
      </div>
    );
  return (
    <Form
      className={styles.titleRow ?? ''}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className={styles.titleField} ref={root}>
        <TextField
          label="Title"
          isLabelHidden
          value={draft}
          onChange={setDraft}
          problem={draft.trim() === '' ? 'A session needs a title.' : undefined}
        />
      </div>
      <Button type="submit" variant="primary" isDisabled={isSaving || draft.trim() === ''}>
        Save title
      </Button>
      <Button onPress={() => setDraft(null)}>Keep old title</Button>
    </Form>
  );
}
