import {type ReactElement, type ReactNode, useState} from 'react';
import {
  Button as AriaButton,
  Checkbox as AriaCheckbox,
  FieldError,
  Group,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  NumberField as AriaNumberField,
  Popover,
  SearchField as AriaSearchField,
  Select as AriaSelect,
  SelectValue,
  Slider as AriaSlider,
  SliderOutput,
  SliderThumb,
  SliderTrack,
  Switch as AriaSwitch,
  Text,
  TextArea,
  TextField as AriaTextField,
  ToggleButton,
  ToggleButtonGroup,
} from 'react-aria-components';
import {ClosedByTab} from './ClosedByTab.tsx';
import styles from './Controls.module.css';

interface FieldProps {
  readonly label: string;
  /** Read by screen readers only. */
  readonly isLabelHidden?: boolean;
  readonly description?: string | undefined;
  /** Why the present value cannot be taken; '' or absent when it can. */
  readonly problem?: string | undefined;
  readonly isDisabled?: boolean | undefined;
}

function FieldNotes({description, problem}: Pick<FieldProps, 'description' | 'problem'>): ReactElement {
  return (
    <>
      {description !== undefined && !problem && (
        <Text slot="description" className={styles.description ?? ''}>
          {description}
        </Text>
      )}
      <FieldError className={styles.error ?? ''}>{problem}</FieldError>
    </>
  );
}

export interface NumberFieldProps extends FieldProps {
  readonly value: number;
  /** Not-a-number while the field is empty. */
  readonly onChange: (value: number) => void;
  readonly unit: string;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly step?: number | undefined;
  /** Digits behind the point; 3 by default. */
  readonly precision?: number;
  readonly isReadOnly?: boolean;
}

/**
 * A number with its unit. A value outside the range is shown as wrong by `problem`, never changed silently: range
 * checks are the caller's, so that what is typed is what is asked for. `onChange` is told while one types.
 */
export function NumberField(props: NumberFieldProps): ReactElement {
  const {label, isLabelHidden, value, onChange, unit, step, precision = 3, problem} = props;
  // The library takes a number only when the field is left, and rewrites the text when the value changes. While one
  // types it therefore sees the value from before, and the caller the one that stands there now.
  const [valueBefore, setValueBefore] = useState<number | null>(null);
  return (
    <AriaNumberField
      className={styles.field ?? ''}
      value={valueBefore ?? value}
      onChange={(next) => {
        setValueBefore(null);
        // Leaving the field says again what was said while typing; told twice, it would make a page check anew and
        // switch off the button that is being pressed.
        if (!Object.is(next, value)) onChange(next);
      }}
      onBlur={() => setValueBefore(null)}
      isInvalid={Boolean(problem)}
      isDisabled={props.isDisabled ?? false}
      isReadOnly={props.isReadOnly ?? false}
      formatOptions={{maximumFractionDigits: precision, useGrouping: false}}
      {...(isLabelHidden ? {'aria-label': label} : {})}
      // A step makes the library round what was typed to it, so it is given to the buttons only where it is whole.
      {...(step !== undefined && Number.isInteger(step) && precision === 0 ? {step} : {})}
    >
      {!isLabelHidden && <Label className={styles.label ?? ''}>{label}</Label>}
      <Group className={styles.inputRow ?? ''}>
        <Input
          className={styles.input ?? ''}
          onInput={(event) => {
            setValueBefore((before) => before ?? value);
            onChange(typedNumber(event.currentTarget.value, precision));
          }}
        />
        {unit !== '' && <span className={styles.unit}>{unit}</span>}
      </Group>
      <FieldNotes {...props} />
    </AriaNumberField>
  );
}

/** The number that stands in a field, to the digits that the field shows; not-a-number for anything else. */
function typedNumber(text: string, precision: number): number {
  const plain = text
    .trim()
    .replace(/[\u2212\u2013]/g, '-')
    .replace(',', '.');
  return plain === '' ? NaN : Number(Number(plain).toFixed(precision));
}

export interface TextFieldProps extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly isLong?: boolean;
  readonly isReadOnly?: boolean;
  /** date: a local day, `2026-11-24`, or '' for none. */
  readonly kind?: 'text' | 'date';
}

export function TextField(props: TextFieldProps): ReactElement {
  const {label, isLabelHidden, value, onChange, placeholder, isLong, problem} = props;
  return (
    <AriaTextField
      className={styles.field ?? ''}
      value={value}
      onChange={onChange}
      isInvalid={Boolean(problem)}
      isDisabled={props.isDisabled ?? false}
      isReadOnly={props.isReadOnly ?? false}
      type={props.kind ?? 'text'}
      {...(isLabelHidden ? {'aria-label': label} : {})}
    >
      {!isLabelHidden && <Label className={styles.label ?? ''}>{label}</Label>}
      <div className={styles.inputRow}>
        {isLong ? (
          <TextArea className={styles.textArea ?? ''} placeholder={placeholder ?? ''} />
        ) : (
          <Input className={styles.input ?? ''} placeholder={placeholder ?? ''} />
        )}
      </div>
      <FieldNotes {...props} />
    </AriaTextField>
  );
}

export function SearchField(props: TextFieldProps): ReactElement {
  return (
    <AriaSearchField
      className={styles.field ?? ''}
      value={props.value}
      onChange={props.onChange}
      aria-label={props.label}
    >
      <div className={styles.inputRow}>
        <Input className={styles.input ?? ''} placeholder={props.placeholder ?? props.label} />
        {props.value !== '' && (
          <AriaButton className={styles.step ?? ''} aria-label={`Clear ${props.label}`}>
            ×
          </AriaButton>
        )}
      </div>
    </AriaSearchField>
  );
}

export interface Option<Value extends string | number> {
  readonly value: Value;
  readonly label: string;
  readonly isDisabled?: boolean;
}

export interface SelectProps<Value extends string | number> extends FieldProps {
  readonly value: Value | null;
  readonly onChange: (value: Value) => void;
  readonly options: readonly Option<Value>[];
  readonly placeholder?: string;
}

export function Select<Value extends string | number>(props: SelectProps<Value>): ReactElement {
  const {label, isLabelHidden, value, onChange, options, placeholder} = props;
  const [isOpen, setOpen] = useState(false);
  return (
    <AriaSelect
      isOpen={isOpen}
      onOpenChange={setOpen}
      className={styles.field ?? ''}
      selectedKey={value}
      onSelectionChange={(key) => {
        const chosen = options.find((option) => option.value === key);
        if (chosen) onChange(chosen.value);
      }}
      isDisabled={props.isDisabled ?? false}
      isInvalid={Boolean(props.problem)}
      placeholder={placeholder ?? 'choose'}
      {...(isLabelHidden ? {'aria-label': label} : {})}
    >
      {!isLabelHidden && <Label className={styles.label ?? ''}>{label}</Label>}
      <AriaButton className={styles.selectButton ?? ''}>
        <SelectValue />
        <span aria-hidden>▾</span>
      </AriaButton>
      <FieldNotes {...props} />
      <Popover className={styles.popover ?? ''}>
        <ClosedByTab onClose={() => setOpen(false)}>
          <ListBox className={styles.list ?? ''}>
            {options.map((option) => (
              <ListBoxItem
                key={option.value}
                id={option.value}
                textValue={option.label}
                className={styles.item ?? ''}
                isDisabled={option.isDisabled ?? false}
              >
                {option.label}
              </ListBoxItem>
            ))}
          </ListBox>
        </ClosedByTab>
      </Popover>
    </AriaSelect>
  );
}

/** A few choices side by side, one of them chosen. */
export function Segments<Value extends string>(props: {
  readonly label: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly options: readonly Option<Value>[];
  readonly isDisabled?: boolean;
  /** Low, for the heads of panels. */
  readonly isCompact?: boolean;
}): ReactElement {
  const {label, value, onChange, options, isDisabled = false, isCompact = false} = props;
  return (
    <ToggleButtonGroup
      aria-label={label}
      className={[styles.segments, isCompact ? styles.compactSegments : ''].join(' ')}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      isDisabled={isDisabled}
      onSelectionChange={(keys) => {
        const chosen = options.find((option) => keys.has(option.value));
        if (chosen) onChange(chosen.value);
      }}
    >
      {options.map((option) => (
        <ToggleButton
          key={option.value}
          id={option.value}
          className={styles.segment ?? ''}
          isDisabled={option.isDisabled ?? false}
        >
          {option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}

interface ToggleProps {
  readonly children: ReactNode;
  readonly isSelected: boolean;
  readonly onChange: (isSelected: boolean) => void;
  readonly isDisabled?: boolean;
}

export function Checkbox({children, ...props}: ToggleProps): ReactElement {
  return (
    <AriaCheckbox {...props} className={styles.check ?? ''}>
      <span className={styles.box} aria-hidden>
        {props.isSelected ? '✓' : ''}
      </span>
      {children}
    </AriaCheckbox>
  );
}

export function Switch({children, ...props}: ToggleProps): ReactElement {
  return (
    <AriaSwitch {...props} className={styles.check ?? ''}>
      <span className={styles.track} aria-hidden />
      {children}
    </AriaSwitch>
  );
}

export function Slider(props: {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly minimum: number;
  readonly maximum: number;
  readonly step: number;
  readonly format: (value: number) => string;
}): ReactElement {
  const {label, value, onChange, minimum, maximum, step, format} = props;
  return (
    <AriaSlider
      className={styles.field ?? ''}
      value={value}
      onChange={(next) => onChange(typeof next === 'number' ? next : (next[0] ?? value))}
      minValue={minimum}
      maxValue={maximum}
      step={step}
    >
      <div className={styles.sliderHead}>
        <Label className={styles.label ?? ''}>{label}</Label>
        <SliderOutput>{() => format(value)}</SliderOutput>
      </div>
      <SliderTrack className={styles.sliderTrack ?? ''}>
        <SliderThumb className={styles.thumb ?? ''} aria-label={label} />
      </SliderTrack>
    </AriaSlider>
  );
}
