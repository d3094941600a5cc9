import {type ReactElement, useState} from 'react';
import type {Instrument} from '../../../contract/api/index.ts';
import {unitFromName, wordsFromName} from '../../../contract/units.ts';
import {useActions} from '../../actions/actions.ts';
import {client} from '../../connection/index.ts';
import {attempt, Button, Dialog, MenuButton, NumberField, TextField, useRefusal} from '../../parts/index.ts';
import {useIsRunLive} from '../../run-data/index.ts';
import {type ResultLine, resultLines} from './action-result.ts';
import styles from './InstrumentCard.module.css';
import type {Setting} from './settings-of.ts';

type InstrumentAction = Instrument['actions'][number];

/** Actions that stand as buttons, with a short word; all others are in the menu. */
const buttons: Readonly<Record<string, string>> = {
  'auto-range': 'Auto range',
  'auto-phase': 'Auto phase',
  unlock: 'Unlock',
};
/** Confirmed first: they change more than a setting, and one wrong click must not start them. */
const weighty = ['reset', 'unlock', 'buffer-clear', 'recall-setup'];
/** Parts of the card or page do these better. */
const elsewhere = ['turn-on', 'turn-off', 'home', 'stop', 'jog', 'jog-cancel', 'trust-position'];

/** What an instrument can be made to do. */
export function InstrumentActions({instrument}: {readonly instrument: Instrument}): ReactElement | null {
  const {role} = instrument;
  const refusal = useRefusal('operate');
  const isRunLive = useIsRunLive();
  const [asked, setAsked] = useState<InstrumentAction | null>(null);
  const [answer, setAnswer] = useState<{
    readonly title: string;
    readonly lines: readonly ResultLine[];
  } | null>(null);
  const reason = refusal ?? (isRunLive ? 'A run is using the instrument.' : undefined);
  const call = async (action: InstrumentAction, args: Readonly<Record<string, Setting>>): Promise<void> => {
    await attempt(async () => {
      const {result} = await client.instruments.call({role, action: action.name, args});
      setAnswer({title: action.label, lines: resultLines(result, instrument)});
    });
  };
  const begin = (action: InstrumentAction): void => {
    if ((action.args ?? []).length > 0 || weighty.includes(action.name)) setAsked(action);
    else void call(action, {});
  };
  const offered = instrument.actions.filter(({name}) => !elsewhere.includes(name));
  const inFront = offered.filter(({name}) => name in buttons);
  useActions(
    offered.map((action) => ({
      id: `bench.${role}.${action.name}`,
      title: action.label,
      group: `Instrument ${role}`,
      disabledBecause: reason,
      run: () => begin(action),
    })),
  );
  if (offered.length === 0) return null;
  return (
    <>
      <div className={styles.actions}>
        {inFront.map((action) => (
          <Button
            key={action.name}
            isCompact
            isDisabled={reason !== undefined}
            hint={reason ?? action.label}
            onPress={() => begin(action)}
          >
            {buttons[action.name]}
          </Button>
        ))}
        <MenuButton
          isCompact
          isDisabled={reason !== undefined}
          hint={reason}
          menuLabel={`What ${role} can do`}
          entries={offered
            .filter(({name}) => !(name in buttons))
            .map((action) => ({id: action.name, label: action.label, onChoose: () => begin(action)}))}
        >
          More actions ▾
        </MenuButton>
      </div>
      {asked && <Arguments action={asked} onClose={() => setAsked(null)} onCall={call} />}
      {answer && (
        <Dialog title={answer.title} isOpen onClose={() => setAnswer(null)} widthRem={34}>
          {answer.lines.length === 0 ? (
            <p>Done.</p>
          ) : (
            <dl className={styles.answer}>
              {answer.lines.map(({name, text}) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{text}</dd>
                </div>
              ))}
            </dl>
          )}
        </Dialog>
      )}
    </>
  );
}

function Arguments(props: {
  readonly action: InstrumentAction;
  readonly onClose: () => void;
  readonly onCall: (action: InstrumentAction, args: Readonly<Record<string, Setting>>) => Promise<void>;
}): ReactElement {
  const {action, onClose, onCall} = props;
  const names = action.args ?? [];
  const [values, setValues] = useState<Readonly<Record<string, Setting>>>({});
  const isComplete = names.every((name) => {
    const value = values[name];
    return value !== undefined && value !== '' && !Number.isNaN(value);
  });
  const call = (): void => {
    onClose();
    void onCall(action, values);
  };
  return (
    <Dialog
      title={action.label}
      isOpen
      onClose={onClose}
      widthRem={30}
      buttons={
        <>
          <Button onPress={onClose}>Leave it</Button>
          <Button variant="primary" isDisabled={!isComplete} onPress={call}>
            Do it
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {names.length === 0 && <p>This changes the instrument at once.</p>}
        {names.map((name) =>
          isWord(name) ? (
            <TextField
              key={name}
              label={wordsFromName(name)}
              value={String(values[name] ?? '')}
              onChange={(value) => setValues({...values, [name]: value})}
            />
          ) : (
            <NumberField
              key={name}
              label={wordsFromName(name)}
              unit={unitFromName(name)}
              value={Number(values[name] ?? NaN)}
              onChange={(value) => setValues({...values, [name]: value})}
            />
          ),
        )}
      </div>
    </Dialog>
  );
}

/** Arguments that are words: their names carry no unit and no count. */
const isWord = (name: string): boolean => ['axis', 'format'].includes(name);
