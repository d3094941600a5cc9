import {useQuery} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import {useActions} from '../../../actions/actions.ts';
import {client, problemFrom, queries, useConnection, useStatus} from '../../../connection/index.ts';
import {
  attempt,
  Button,
  dateTimeText,
  NumberField,
  Panel,
  EmptyState,
  ProblemBox,
  Switch,
  useRefusal,
} from '../../../parts/index.ts';
import styles from './Guide.module.css';

/** What a guided alignment needs to know at its beginning, and those that were begun before. */
export function GuideStart({onOpen}: {readonly onOpen: (sessionUid: string) => void}): ReactElement {
  return (
    <div className={styles.start}>
      <BeginPanel onOpen={onOpen} />
      <EarlierPanel onOpen={onOpen} />
    </div>
  );
}

interface GuideChoices {
  readonly hasSinglePlates: boolean;
  readonly objectCount: number;
  readonly seed: number;
  readonly holderLateralMm: number;
  readonly holderRotationDeg: number;
}

const defaultChoices: GuideChoices = {
  hasSinglePlates: true,
  objectCount: 5,
  seed: 1,
  holderLateralMm: 3,
  holderRotationDeg: 4,
};

const fieldLabels = {
  objectCount: 'Objects of the whole stack',
  seed: 'Chosen by seed',
  holderLateralMm: 'A plate may stand off by',
  holderRotationDeg: 'and be turned by',
} as const;

function BeginPanel({onOpen}: {readonly onOpen: (sessionUid: string) => void}): ReactElement {
  const [choices, setChoices] = useState(defaultChoices);
  const change = (changed: Partial<GuideChoices>): void => setChoices((now) => ({...now, ...changed}));
  const benchName = useStatus((status) => (status?.bench.state === 'open' ? status.bench.name : null));
  const refusal = useRefusal('operate');
  const unread = (Object.keys(fieldLabels) as (keyof typeof fieldLabels)[]).find((field) =>
    Number.isNaN(choices[field]),
  );
  const disabledBecause =
    refusal ??
    (benchName === null ? 'No bench is open. Open one on the page Bench.' : undefined) ??
    (unread ? `"${fieldLabels[unread]}" cannot be taken as it stands: correct it first.` : undefined);
  const begin = (): void => {
    if (disabledBecause !== undefined) return;
    void attempt(async () => {
      const {sessionUid} = await client.alignGuide.begin(choices);
      onOpen(sessionUid);
    });
  };
  useActions([
    {
      id: 'guide.begin',
      title: 'Begin a guided alignment',
      group: 'Align',
      shortcut: 'mod+enter',
      disabledBecause,
      run: begin,
    },
  ]);
  return (
    <Panel title="Begin a guided alignment">
      <p>
        Step by step from the dark level to the whole stack: each step says what to do, shows what is expected
        beside what is seen, and is decided by numbers that are stated. It can be left at any time and gone on
        with later.
      </p>
      <ChoiceFields choices={choices} onChange={change} />
      <p className={styles.quiet} role="status">
        {benchName === null
          ? 'No bench is open.'
          : `On ${benchName}. Nothing moves before the first step is started.`}
      </p>
      <div className={styles.acts}>
        <Button
          data-act="guide.begin"
          variant="primary"
          isDisabled={disabledBecause !== undefined}
          hint={disabledBecause ?? 'Makes the session; nothing moves yet (Ctrl+Enter)'}
          onPress={begin}
        >
          Begin
        </Button>
      </div>
    </Panel>
  );
}

function ChoiceFields(props: {
  readonly choices: GuideChoices;
  readonly onChange: (changed: Partial<GuideChoices>) => void;
}): ReactElement {
  const {choices, onChange} = props;
  const field = (name: keyof typeof fieldLabels) => ({
    label: fieldLabels[name],
    value: choices[name],
    onChange: (value: number) => onChange({[name]: value}),
  });
  return (
    <>
      <Switch
        isSelected={choices.hasSinglePlates}
        onChange={(hasSinglePlates) => onChange({hasSinglePlates})}
      >
        Plates can be taken out: beam of the empty bench, then one plate after the other
      </Switch>
      <p className={styles.quiet}>
        Needed where plates may stand off by more than 0.8 mm or 1 degree: all at once they take minutes to
        find and are not always found.
      </p>
      <div className={styles.fields}>
        <NumberField {...field('objectCount')} unit="" minimum={1} maximum={50} isWhole />
        <NumberField {...field('seed')} unit="" minimum={0} isWhole />
        <NumberField {...field('holderLateralMm')} unit="mm" minimum={0.5} maximum={10} step={0.5} />
        <NumberField {...field('holderRotationDeg')} unit="deg" minimum={0.5} maximum={20} step={0.5} />
      </div>
    </>
  );
}

function EarlierPanel({onOpen}: {readonly onOpen: (sessionUid: string) => void}): ReactElement {
  const isConnected = useConnection(({phase}) => phase === 'open');
  const found = useQuery({
    ...queries.alignGuide.list.queryOptions(),
    enabled: isConnected,
    refetchInterval: 10_000,
  });
  const guides = found.data?.guides ?? [];
  return (
    <Panel title="Begun before">
      {found.error && (
        <ProblemBox
          problem={problemFrom(found.error)}
          action={{label: 'Try again', onPress: () => void found.refetch()}}
        />
      )}
      {found.data && guides.length === 0 && (
        <EmptyState title="None yet" text="Guided alignments stand here, to be gone on with or looked at." />
      )}
      <ul className={styles.earlier}>
        {guides.map((guide) => (
          <li key={guide.sessionUid}>
            <div>
              <div>{guide.title}</div>
              <div className={styles.quiet}>
                {dateTimeText(guide.createdAt).slice(0, 16)} · {guide.decidedCount} of {guide.stepCount} steps
                decided{guide.isRunning ? ' · under way' : ''}
              </div>
            </div>
            <Button isCompact aria-label={`Open ${guide.title}`} onPress={() => onOpen(guide.sessionUid)}>
              {guide.decidedCount < guide.stepCount ? 'Go on' : 'Look'}
            </Button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
