import {type ReactElement, useState} from 'react';
import type {Instrument} from '../../../contract/api/index.ts';
import {Button, NumberField, Select, Switch, TextField, useRefusal} from '../../parts/index.ts';
import {scaledUnit} from '../../../base/number-format.ts';
import {useIsRunLive} from '../../run-data/index.ts';
import styles from './InstrumentCard.module.css';
import type {InstrumentSettings, Setting} from './settings-of.ts';
import {valueText} from './value-text.ts';

type Parameter = Instrument['parameters'][number];

interface EditorProps {
  readonly parameter: Parameter;
  readonly value: Setting;
  readonly isDisabled: boolean;
  readonly onSet: (value: Setting) => void;
}

/** One declared parameter: its name, an editor by its kind, the value as read from the instrument. */
export function ParameterRow(props: {
  readonly role: string;
  readonly parameter: Parameter;
  readonly settings: InstrumentSettings;
}): ReactElement {
  const {parameter, settings} = props;
  const {name, label, hint, isReadOnly} = parameter;
  const value = settings.values[name];
  const refusal = useRefusal('operate');
  const isRunLive = useIsRunLive();
  const [isSetting, setSetting] = useState(false);
  const onSet = async (next: Setting): Promise<void> => {
    setSetting(true);
    await settings.set(name, next);
    setSetting(false);
  };
  const isDisabled = refusal !== undefined || isRunLive || isSetting;
  return (
    <div className={styles.row}>
      <span className={styles.name}>
        {label}
        {hint !== undefined && <span className={styles.hint}>{hint}</span>}
      </span>
      {value === undefined ? (
        <span className={styles.pending}>not read</span>
      ) : isReadOnly ? (
        <span className={styles.value}>{valueText(value, parameter.unit)}</span>
      ) : (
        <Editor
          // A draft belongs to the value it was made from.
          key={String(value)}
          parameter={parameter}
          value={value}
          isDisabled={isDisabled}
          onSet={(next) => void onSet(next)}
        />
      )}
    </div>
  );
}

function Editor(props: EditorProps): ReactElement {
  const {parameter, value, isDisabled, onSet} = props;
  switch (parameter.kind) {
    case 'flag':
      return (
        <Switch isSelected={value === true} onChange={onSet} isDisabled={isDisabled}>
          <span className={styles.value}>{value === true ? 'on' : 'off'}</span>
          <span hidden>{parameter.label}</span>
        </Switch>
      );
    case 'choice':
      return (
        <Select
          label={parameter.label}
          isLabelHidden
          value={typeof value === 'boolean' ? null : value}
          onChange={onSet}
          isDisabled={isDisabled}
          options={(parameter.choices ?? []).map((choice) => ({
            value: choice,
            label: valueText(choice, parameter.unit),
          }))}
        />
      );
    case 'number':
    case 'integer':
      return <NumberEditor {...props} />;
    case 'text':
      return <TextEditor {...props} />;
  }
}

function NumberEditor({parameter, value, isDisabled, onSet}: EditorProps): ReactElement {
  const {label, unit, kind, range} = parameter;
  const given = Number(value);
  // Hz in GHz and s in ms: edited under the prefix that suits the value that is set now.
  const {factor, unit: shownUnit} = scaledUnit(given, unit);
  const shown = Number((given * factor).toPrecision(15));
  const [draft, setDraft] = useState(shown);
  const wanted = Number((draft / factor).toPrecision(15));
  const isOutside = range !== undefined && (wanted < range[0] || wanted > range[1]);
  const problem = Number.isNaN(draft)
    ? 'Enter a number.'
    : isOutside
      ? `From ${valueText(range[0], unit)} to ${valueText(range[1], unit)}.`
      : '';
  const hasChanged = draft !== shown;
  const set = (): void => {
    if (hasChanged && problem === '') onSet(wanted);
  };
  return (
    <form
      className={styles.editor}
      onSubmit={(event) => {
        event.preventDefault();
        set();
      }}
    >
      <NumberField
        label={label}
        isLabelHidden
        value={draft}
        onChange={setDraft}
        unit={shownUnit}
        isWhole={kind === 'integer' && factor === 1}
        problem={hasChanged ? problem : ''}
        isDisabled={isDisabled}
      />
      {hasChanged && (
        <Button type="submit" isDisabled={isDisabled || problem !== ''}>
          Set
        </Button>
      )}
    </form>
  );
}

function TextEditor({parameter, value, isDisabled, onSet}: EditorProps): ReactElement {
  const [draft, setDraft] = useState(String(value));
  const hasChanged = draft !== String(value);
  return (
    <form
      className={styles.editor}
      onSubmit={(event) => {
        event.preventDefault();
        if (hasChanged) onSet(draft);
      }}
    >
      <TextField
        label={parameter.label}
        isLabelHidden
        value={draft}
        onChange={setDraft}
        isDisabled={isDisabled}
      />
      {hasChanged && (
        <Button type="submit" isDisabled={isDisabled}>
          Set
        </Button>
      )}
    </form>
  );
}
