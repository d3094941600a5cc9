import {useQuery, useQueryClient} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import type {ApiOutputs, BackupFile} from '../../../contract/api/index.ts';
import {longestSafeWithinMs} from '../../../contract/durability.ts';
import {useActions} from '../../actions/actions.ts';
import {client, problemFrom, queries} from '../../connection/index.ts';
import {
  attempt,
  bytesText,
  Button,
  countOf,
  dateTimeText,
  Dialog,
  EmptyState,
  Loading,
  NumberField,
  ProblemBox,
  ProgressLine,
  Table,
  TextField,
  useRefusal,
  type TableColumn,
} from '../../parts/index.ts';
import {changeSettings, useSettings} from '../../settings/settings.ts';
import styles from './SessionsPage.module.css';

type DataState = ApiOutputs['data']['state'];

const columns: readonly TableColumn<BackupFile>[] = [
  {
    id: 'time',
    title: 'Begun',
    width: '2fr',
    isRowHeader: true,
    cell: ({timeS}) => dateTimeText(new Date(1000 * timeS).toISOString()),
    sortBy: ({timeS}) => timeS,
  },
  {id: 'size', title: 'Size', width: 96, isNumber: true, cell: ({sizeBytes}) => bytesText(sizeBytes)},
  {id: 'path', title: 'File', width: '4fr', cell: ({path}) => path},
];

/** Where the database is, when its points are safe from a power cut, and its backups. */
export function DataSafety(): ReactElement {
  const found = useQuery({
    ...queries.data.state.queryOptions(),
    refetchInterval: ({state}) => (state.data?.work ? 500 : 10_000),
  });
  const {data} = found;
  if (!data)
    return found.error ? (
      <ProblemBox
        problem={problemFrom(found.error)}
        action={{label: 'Try again', onPress: () => void found.refetch()}}
      />
    ) : (
      <Loading what="the state of the data" />
    );
  return (
    <div className={styles.ledgerPlace}>
      <p className={styles.count}>
        {data.databasePath}, {bytesText(data.sizeBytes)}
      </p>
      <BackupState state={data} />
      <div className={styles.ledgerTools}>
        <SafetySettings />
        <BackUpButton />
      </div>
      <div className={styles.ledger}>
        <Table
          label="Backups of the database"
          columns={columns}
          items={data.backups}
          idOf={({path}) => path}
          empty={
            <EmptyState
              title="No backups yet"
              text={`A backup is made while runs go on, is read as a whole, and lies in ${data.backupFolder}. A disk that fails takes it along: copy it to another one.`}
            />
          }
        />
      </div>
    </div>
  );
}

/** What is under way, what the last backup came to, and when the next one is made. */
function BackupState({state}: {readonly state: DataState}): ReactElement {
  const {work, last, nextUtc} = state;
  return (
    <>
      {work && <WorkLine work={work} />}
      {last !== null && last.problem !== '' && (
        <ProblemBox
          problem={{
            message: `The last backup${last.isTimed ? ' by the timer' : ''}, ${dateTimeText(last.utc)}, ${last.path === '' ? 'was not made' : 'shows damage'}: ${last.problem}`,
          }}
        />
      )}
      <p className={styles.count} role="status">
        {last !== null && last.problem === '' && `Made and checked at ${dateTimeText(last.utc)}. `}
        {nextUtc === null
          ? 'Backups are made when they are asked for (How data is kept sets a time).'
          : `The next one is made at ${dateTimeText(nextUtc)}.`}
      </p>
    </>
  );
}

function WorkLine({work}: {readonly work: NonNullable<DataState['work']>}): ReactElement {
  const {donePages, pageCount, kind} = work;
  const isCopied = pageCount > 0 && donePages === pageCount;
  return (
    <>
      <ProgressLine
        label={kind === 'backup' ? 'Backup' : 'Salvage'}
        value={pageCount === 0 ? null : donePages / pageCount}
      />
      <p className={styles.count}>
        {isCopied
          ? 'All pages are copied; the copy is being read and compared.'
          : `${donePages} of ${countOf(pageCount, 'page')}`}
      </p>
    </>
  );
}

interface SafetyDraft {
  readonly pointsSafeWithinMs: number;
  readonly backupKeepCount: number;
  readonly backupEveryHours: number | null;
  readonly backupFolder: string;
}

/** A button that opens the two settings that are about this. */
function SafetySettings(): ReactElement {
  const pointsSafeWithinMs = useSettings((settings) => settings.pointsSafeWithinMs);
  const backupKeepCount = useSettings((settings) => settings.backupKeepCount);
  const backupEveryHours = useSettings((settings) => settings.backupEveryHours);
  const backupFolder = useSettings((settings) => settings.backupFolder);
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState<SafetyDraft | null>(null);
  const close = (): void => setDraft(null);
  const isSound = draft !== null && Object.values(draft).every((value) => !Number.isNaN(value));
  const keep = (): void => {
    if (draft !== null && isSound)
      void attempt(async () => {
        await changeSettings({...draft, backupFolder: draft.backupFolder.trim()});
        await queryClient.invalidateQueries({queryKey: queries.data.state.key()});
        close();
      }, 'It counts from the next run and the next backup on.');
  };
  return (
    <>
      <Button
        isCompact
        hint="When a point is safe from a power cut, when and where backups are made, how many stay"
        onPress={() => setDraft({pointsSafeWithinMs, backupKeepCount, backupEveryHours, backupFolder})}
      >
        How data is kept
      </Button>
      <Dialog
        title="How data is kept"
        isOpen={draft !== null}
        onClose={close}
        buttons={
          <>
            <Button onPress={close}>Leave as it is</Button>
            <Button
              variant="primary"
              isDisabled={!isSound}
              hint={isSound ? undefined : 'A field holds no number that can be taken.'}
              onPress={keep}
            >
              Keep
            </Button>
          </>
        }
      >
        {draft && <SafetyFields draft={draft} onChange={setDraft} />}
      </Dialog>
    </>
  );
}

function SafetyFields({
  draft,
  onChange,
}: {
  readonly draft: SafetyDraft;
  readonly onChange: (draft: SafetyDraft) => void;
}): ReactElement {
  return (
    <>
      <NumberField
        label="A point is safe from a power cut within"
        unit="ms"
        value={draft.pointsSafeWithinMs}
        minimum={0}
        maximum={longestSafeWithinMs}
        description="0: each point waits for the disk before anybody sees it. From a killed program it is safe at once"
        onChange={(pointsSafeWithinMs) => onChange({...draft, pointsSafeWithinMs})}
      />
      <NumberField
        label="Backups that stay"
        unit=""
        value={draft.backupKeepCount}
        minimum={1}
        maximum={1000}
        isWhole
        description="The newest; older ones are taken away by the next backup"
        onChange={(backupKeepCount) => onChange({...draft, backupKeepCount})}
      />
      <NumberField
        label="A backup by itself every"
        unit="h"
        value={draft.backupEveryHours}
        minimum={0.1}
        maximum={24 * 366}
        description="Also while a run measures. Empty: only when it is asked for"
        onChange={(backupEveryHours) => onChange({...draft, backupEveryHours})}
        onEmpty={() => onChange({...draft, backupEveryHours: null})}
      />
      <TextField
        label="Folder of the backups"
        value={draft.backupFolder}
        placeholder="the data folder's own"
        description="On the computer at the bench, a whole path; on another disk it outlives that of the data"
        onChange={(backupFolder) => onChange({...draft, backupFolder})}
      />
    </>
  );
}

function BackUpButton(): ReactElement {
  const refusal = useRefusal('operate');
  const queryClient = useQueryClient();
  const [isBusy, setIsBusy] = useState(false);
  const backUp = async (): Promise<void> => {
    setIsBusy(true);
    try {
      await attempt(async () => {
        const made = await client.data.backUp({});
        await queryClient.invalidateQueries({queryKey: queries.data.state.key()});
        if (made.damageCount > 0)
          throw new Error(
            `The backup is made, and ${made.damageCount} of what it holds is damaged, as in the database: ${made.damage[0]?.where}. No older backup was taken away.`,
          );
      }, 'The backup is made, and everything in it is as it was stored.');
    } finally {
      setIsBusy(false);
    }
  };
  const disabledBecause = refusal ?? (isBusy ? 'The backup is being made and read.' : undefined);
  useActions([
    {
      id: 'sessions.backUp',
      title: 'Back up the database',
      group: 'Sessions',
      disabledBecause,
      run: () => void backUp(),
    },
  ]);
  return (
    <Button
      data-act="sessions.backUp"
      isDisabled={disabledBecause !== undefined}
      hint={disabledBecause ?? 'Copies the database while runs go on, and reads the copy as a whole'}
      onPress={() => void backUp()}
    >
      {isBusy ? 'Backing up' : 'Back up now'}
    </Button>
  );
}
