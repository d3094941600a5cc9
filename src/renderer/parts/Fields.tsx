import {type ReactElement, type ReactNode, useState} from 'react';
import {
  Button as AriaButton,
  Checkbox as AriaCheckbox,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SearchField as AriaSearchField,
  Select as AriaSelect,
  SelectValue,
  Slider as AriaSlider,
  SliderOutput,
  SliderThumb,
  SliderTrack,
  Switch as AriaSwitch,
  TextArea,
  TextField as AriaTextField,
  ToggleButton,
  ToggleButtonGroup,
} from 'react-aria-components';
import {ClosedByTab} from './ClosedByTab.tsx';
import styles from './Controls.module.css';
import {FieldNotes, type FieldProps} from './FieldNotes.tsx';

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
  /** The label stands above the choices: in forms. */
  readonly hasLabel?: boolean;
}): ReactElement {
  const {label, value, onChange, options, isDisabled = false, isCompact = false, hasLabel = false} = props;
  const group = (
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
  if (!hasLabel) return group;
  return (
    <div className={styles.field}>
      <span className={styles.label}>{label}</span>
      {group}
    </div>
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
