import {type ReactElement, useState} from 'react';
import {useQuery} from '@tanstack/react-query';
import {useLocation} from 'wouter';
import {useActions} from '../actions/actions.ts';
import {client, queries, useConnection, useStatus} from '../connection/index.ts';
import {attempt, Button, dateTimeText, Dialog, MenuButton, TextField, useRefusal} from '../parts/index.ts';
import {changeSettings, useSettings} from '../settings/settings.ts';
import {usePanels} from './panels.ts';
import styles from './TopBar.module.css';

const recentLimit = 8;
const choose = (uid: string | null): void => void attempt(() => client.sessions.choose({uid}));

/** Into which session the next runs go: shown, chosen, begun. */
export function SessionMenu(): ReactElement {
  const {setOpenPanel} = usePanels();
  const [, navigate] = useLocation();
  const uid = useStatus((status) => status?.session?.uid ?? null);
  const title = useStatus((status) => status?.session?.title ?? null);
  const isConnected = useConnection(({phase}) => phase === 'open');
  const refusal = useRefusal('operate');
  const recent = useQuery({
    ...queries.sessions.search.queryOptions({input: {limit: recentLimit}}),
    enabled: isConnected,
  });
  useActions([
    {
      id: 'session.new',
      title: 'Begin a new session',
      group: 'Session',
      disabledBecause: refusal,
      run: () => setOpenPanel('new-session'),
    },
    {
      id: 'session.none',
      title: 'Let each run make its own session',
      group: 'Session',
      disabledBecause: refusal ?? (uid === null ? 'It is so already.' : undefined),
      run: () => choose(null),
    },
  ]);
  const isDisabled = refusal !== undefined;
  return (
    <>
      <MenuButton
        variant="quiet"
        isCompact
        menuLabel="Session"
        hint="Session into which the next runs go"
        entries={[
          {id: 'new', label: 'New session ...', isDisabled, onChoose: () => setOpenPanel('new-session')},
          {
            id: 'none',
            label: 'Each run makes its own session',
            isDisabled: isDisabled || uid === null,
            onChoose: () => choose(null),
          },
          ...(uid === null
            ? []
            : [{id: 'open', label: 'Open this session', onChoose: () => navigate(`/sessions/${uid}`)}]),
          ...(recent.data?.sessions ?? [])
            .filter((session) => session.uid !== uid)
            .map((session) => ({
              id: session.uid,
              label: session.title === '' ? session.kind : session.title,
              note: dateTimeText(session.createdAt).slice(0, 16),
              isDisabled,
              onChoose: () => choose(session.uid),
            })),
        ]}
      >
        <span className={styles.session}>
          {title === null ? 'Session: new for each run' : `Session “${title}”`}
        </span>
        <span aria-hidden>▾</span>
      </MenuButton>
      <NewSession />
    </>
  );
}

function NewSession(): ReactElement {
  const {openPanel, setOpenPanel} = usePanels();
  const keptOperator = useSettings((settings) => settings.operator);
  const [title, setTitle] = useState('');
  const [operator, setOperator] = useState<string | null>(null);
  const who = operator ?? keptOperator;
  const begin = async (): Promise<void> => {
    const isDone = await attempt(async () => {
      const {uid} = await client.sessions.create({title: title.trim(), operator: who.trim()});
      await client.sessions.choose({uid});
      if (who.trim() !== keptOperator) await changeSettings({operator: who.trim()});
    });
    if (!isDone) return;
    setTitle('');
    setOpenPanel(null);
  };
  const canBegin = title.trim() !== '';
  return (
    <Dialog
      title="New session"
      isOpen={openPanel === 'new-session'}
      onClose={() => setOpenPanel(null)}
      widthRem={30}
      buttons={
        <Button variant="primary" isDisabled={!canBegin} onPress={() => void begin()}>
          Begin session
        </Button>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (canBegin) void begin();
        }}
        className={styles.form}
      >
        <TextField
          label="Title"
          value={title}
          onChange={setTitle}
          placeholder="batch 7, plates re-seated"
          description="Scans and campaigns go into this session until another is chosen."
        />
        <TextField label="Operator" value={who} onChange={setOperator} />
        {/* Lets Enter begin it from either field. */}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
