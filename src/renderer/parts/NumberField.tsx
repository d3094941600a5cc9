import {type ClipboardEvent, type KeyboardEvent, type ReactElement, useMemo, useState} from 'react';
import {Input, Label, TextField as AriaTextField, useLocale} from 'react-aria-components';
import {formatNumber, numberMarksOf} from '../../base/number-text.ts';
import styles from './Controls.module.css';
import {FieldNotes, type FieldProps} from './FieldNotes.tsx';
import {onOneLine, steppedNumber, typedNumber, type NumberRule, type TypedNumber} from './typed-number.ts';

export interface NumberFieldProps extends FieldProps {
  /** Null: nothing is given. Not-a-number: what stands there cannot be taken. */
  readonly value: number | null;
  /**
   * Called at every keystroke. Not-a-number for what cannot be taken, and for an empty field without `onEmpty`: whoever
   * uses the value must refuse it.
   */
  readonly onChange: (value: number) => void;
  /** Allows the field to be empty; called when it is. */
  readonly onEmpty?: () => void;
  /** A number may be typed with this unit or with another of its kind: `500 um` in a field in mm is 0.5. */
  readonly unit: string;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  /** What the arrow keys add and take away; 1 by default. */
  readonly step?: number | undefined;
  readonly isWhole?: boolean;
  readonly isReadOnly?: boolean;
}

/**
 * A number with its unit. What is typed or pasted stands as it was typed until the field is left or Enter is pressed;
 * it is then the one number that a person would read, written with all its digits, or it stays and the field says why
 * it cannot be taken. No key is swallowed and no value changed silently: what is out of range is refused.
 */
export function NumberField(props: NumberFieldProps): ReactElement {
  const {label, isLabelHidden, unit, isDisabled = false, isReadOnly = false} = props;
  const {text, ownProblem, type, events} = useTypedNumber(props);
  const problem = ownProblem || props.problem;
  return (
    <AriaTextField
      className={styles.field ?? ''}
      value={text}
      onChange={type}
      isInvalid={Boolean(problem)}
      isDisabled={isDisabled}
      isReadOnly={isReadOnly}
      inputMode={props.isWhole === true ? 'numeric' : 'decimal'}
      autoComplete="off"
      autoCorrect="off"
      spellCheck="false"
      {...(isLabelHidden ? {'aria-label': label} : {})}
    >
      {!isLabelHidden && <Label className={styles.label ?? ''}>{label}</Label>}
      <div className={styles.inputRow}>
        <Input className={styles.input ?? ''} aria-roledescription="number field" {...events} />
        {unit !== '' && <span className={styles.unit}>{unit}</span>}
      </div>
      <FieldNotes description={props.description} problem={problem} />
    </AriaTextField>
  );
}

/** The text of a number field between the keys and the value of its owner. */
function useTypedNumber(props: NumberFieldProps) {
  const {value, unit, minimum, maximum, isWhole, step = 1, onChange, onEmpty} = props;
  const {locale} = useLocale();
  const marks = useMemo(() => numberMarksOf(locale), [locale]);
  const [typed, setTyped] = useState<TypedNumber | null>(null);
  const [hasFocus, setInside] = useState(false);
  // A field that is disabled while it has the focus gets no blur event.
  const isInside = hasFocus && props.isDisabled !== true;
  // A value set by the owner replaces what was typed, but not while the field has the focus.
  const typedText = typed && (isInside || Object.is(typed.value, value)) ? typed : null;
  const rule: NumberRule = {unit, minimum, maximum, isWhole, isOptional: onEmpty !== undefined};
  const take = (next: TypedNumber): void => {
    setTyped(next);
    if (next.value === null) onEmpty?.();
    else onChange(next.value);
  };
  const type = (text: string): void => take(typedNumber(text, rule, marks));
  const commit = (): void => setTyped(typedText && typedText.problem !== '' ? typedText : null);
  const stepBy = (size: number): void => {
    const from = typedText ? typedText.value : value;
    const next = from === null || Number.isNaN(from) ? null : steppedNumber(from, size, rule);
    if (next !== null) type(formatNumber(next, marks));
  };
  return {
    text: typedText ? typedText.text : formatNumber(value ?? Number.NaN, marks),
    ownProblem: typedText?.problem ?? '',
    type,
    // On the input itself: the library's own handlers would keep Escape, which is STOP, and Ctrl+Enter from the window.
    events: {
      onFocus: () => setInside(true),
      onBlur: () => {
        setInside(false);
        commit();
      },
      onKeyDown: (event: KeyboardEvent) => {
        if (event.key === 'Enter') commit();
        const isStep = event.key === 'ArrowUp' || event.key === 'ArrowDown';
        if (!isStep || event.altKey || event.ctrlKey || event.metaKey || props.isReadOnly === true) return;
        event.preventDefault();
        stepBy(event.key === 'ArrowUp' ? step : -step);
      },
      onPaste: (event: ClipboardEvent<HTMLInputElement>) => {
        const pasted = event.clipboardData.getData('text');
        const {value: before, selectionStart, selectionEnd, readOnly} = event.currentTarget;
        if (readOnly || onOneLine(pasted) === pasted.trim()) return;
        event.preventDefault();
        const [from, to] = [selectionStart ?? before.length, selectionEnd ?? before.length];
        type(before.slice(0, from) + onOneLine(pasted) + before.slice(to));
      },
    },
  };
}
