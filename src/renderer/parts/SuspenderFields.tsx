import {skipToken, useQuery} from '@tanstack/react-query';
import type {ReactElement} from 'react';
import type {Suspender} from '../../contract/suspender.ts';
import {suspenderLabels, suspenderText} from '../../contract/suspender-text.ts';
import {queries, useConnection, useStatus} from '../connection/index.ts';
import {Button} from './Button.tsx';
import {MenuButton} from './Dialogs.tsx';
import {Segments, Select} from './Fields.tsx';
import {NumberField} from './NumberField.tsx';
import {Panel} from './Panels.tsx';
import styles from './SuspenderFields.module.css';
import {
  type CheckedSuspending,
  hasSourceChoice,
  newSuspender,
  type SuspenderDraft,
  suspenderFields,
  type SuspenderProblems,
  type SuspendingDraft,
} from './suspender-draft.ts';

const byOptions = [
  {value: 'bench', label: 'As the bench file says'},
  {value: 'own', label: 'For this run'},
] as const;

const whens = Object.keys(suspenderLabels).filter(
  (when): when is Suspender['when'] => when in suspenderFields,
);

interface SuspenderPanelProps {
  readonly draft: SuspendingDraft;
  readonly checked: CheckedSuspending;
  readonly onChange: (changes: Partial<SuspendingDraft>) => void;
}

/** What suspends the run that is being prepared, until all is well again. */
export function SuspenderPanel({draft, checked, onChange}: SuspenderPanelProps): ReactElement {
  const {suspendersBy, suspenders} = draft;
  return (
    <Panel title="What suspends it">
      <OfRun />
      <Segments
        label="Conditions that suspend it"
        value={suspendersBy}
        onChange={(next) => onChange({suspendersBy: next})}
        options={byOptions}
      />
      {suspendersBy === 'bench' ? (
        <OfBench />
      ) : (
        <>
          {suspenders.map((suspender, index) => (
            <OneSuspender
              key={index}
              suspender={suspender}
              problems={checked.problems[index] ?? {}}
              onChange={(next) => onChange({suspenders: suspenders.with(index, next)})}
              onRemove={() => onChange({suspenders: suspenders.toSpliced(index, 1)})}
            />
          ))}
          {suspenders.length === 0 && <p className={styles.quiet}>Nothing suspends it.</p>}
          <MenuButton
            menuLabel="Conditions"
            hint="Pauses the run while it is not met, and lets it go on by itself"
            entries={whens.map((when) => ({
              id: when,
              label: suspenderLabels[when],
              onChoose: () => onChange({suspenders: [...suspenders, newSuspender(when)]}),
            }))}
          >
            Add a condition ▾
          </MenuButton>
        </>
      )}
    </Panel>
  );
}

/** What suspends the run under way, as it was started. */
function OfRun(): ReactElement | null {
  const run = useStatus((status) => status?.run ?? null);
  if (run === null || run.state === 'ended') return null;
  if (run.suspenders.length === 0) return <p className={styles.quiet}>Nothing suspends the run under way.</p>;
  return (
    <section aria-label="What suspends the run under way">
      <p className={styles.quiet}>What suspends the run under way:</p>
      <SuspenderList suspenders={run.suspenders} />
    </section>
  );
}

function OfBench(): ReactElement {
  const ofBench = useStatus((status) => status?.bench.suspenders ?? null);
  if (ofBench === null || ofBench.length === 0)
    return <p className={styles.quiet}>The bench file names nothing that suspends a run.</p>;
  return <SuspenderList suspenders={ofBench} />;
}

/** Conditions in words. */
function SuspenderList({suspenders}: {readonly suspenders: readonly Suspender[]}): ReactElement {
  return (
    <ul className={styles.list}>
      {suspenders.map((suspender) => (
        <li key={JSON.stringify(suspender)}>{suspenderText(suspender)}</li>
      ))}
    </ul>
  );
}

const sourceOptions = [
  {value: 'keep', label: 'RF on, chopped'},
  {value: 'off', label: 'RF off'},
] as const;

interface OneSuspenderProps {
  readonly suspender: SuspenderDraft;
  readonly problems: SuspenderProblems;
  readonly onChange: (suspender: SuspenderDraft) => void;
  readonly onRemove: () => void;
}

function OneSuspender({suspender, problems, onChange, onRemove}: OneSuspenderProps): ReactElement {
  const {when, values} = suspender;
  const change = (changes: SuspenderDraft['values']): void =>
    onChange({when, values: {...values, ...changes}});
  return (
    <fieldset className={styles.one}>
      <legend className={styles.head}>{suspenderLabels[when]}</legend>
      {when === 'input' && <InputChoice values={values} problems={problems} onChange={change} />}
      <div className={styles.numbers}>
        {suspenderFields[when].map(({name, label, unit, factor, isOptional}) => (
          <NumberField
            key={name}
            label={label}
            unit={unit}
            value={shown(values[name], factor)}
            onChange={(value) => change({[name]: Number((value / factor).toPrecision(15))})}
            problem={problems[name]}
            {...(isOptional && {onEmpty: () => change({[name]: null})})}
          />
        ))}
      </div>
      {hasSourceChoice(when) && (
        <Segments
          label="RF while it is suspended"
          hasLabel
          value={values['source'] === 'off' ? 'off' : 'keep'}
          onChange={(source) => change({source})}
          options={sourceOptions}
        />
      )}
      <Button isCompact variant="quiet" onPress={onRemove}>
        {`Remove: ${suspenderLabels[when]}`}
      </Button>
    </fieldset>
  );
}

const shown = (value: number | string | null | undefined, factor: number): number | null =>
  typeof value === 'number' ? Number((value * factor).toPrecision(15)) : null;

/** Which parameter of which instrument of the open bench: one that is read as a number. */
function InputChoice(props: {
  readonly values: SuspenderDraft['values'];
  readonly problems: SuspenderProblems;
  readonly onChange: (changes: SuspenderDraft['values']) => void;
}): ReactElement {
  const {values, problems, onChange} = props;
  const isConnected = useConnection(({phase}) => phase === 'open');
  const isBenchOpen = useStatus((status) => status?.bench.state === 'open');
  const known = useQuery(
    queries.instruments.list.queryOptions({
      input: isConnected && isBenchOpen ? undefined : skipToken,
      staleTime: 60_000,
    }),
  );
  const instruments = known.data ?? [];
  const parameters = instruments.find(({role}) => role === values['role'])?.parameters ?? [];
  const numbers = parameters.filter(({kind}) => kind === 'number');
  return (
    <div className={styles.numbers}>
      <Select
        label="Instrument"
        value={textOf(values['role'])}
        onChange={(role) => onChange({role, parameter: ''})}
        options={withChosen(
          instruments.map(({role}) => ({value: role, label: role})),
          values['role'],
        )}
        problem={problems['role']}
        placeholder={isBenchOpen ? 'choose' : 'open a bench first'}
      />
      <Select
        label="Parameter"
        value={textOf(values['parameter'])}
        onChange={(parameter) => onChange({parameter})}
        options={withChosen(
          numbers.map(({name, label, unit}) => ({
            value: name,
            label: unit === '' ? label : `${label} (${unit})`,
          })),
          values['parameter'],
        )}
        problem={problems['parameter']}
      />
    </div>
  );
}

const textOf = (value: number | string | null | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** What was chosen stays a choice, also while the bench that has it is closed. */
function withChosen(
  options: readonly {readonly value: string; readonly label: string}[],
  chosen: number | string | null | undefined,
): readonly {readonly value: string; readonly label: string}[] {
  const text = textOf(chosen);
  if (text === null || options.some(({value}) => value === text)) return options;
  return [...options, {value: text, label: text}];
}
