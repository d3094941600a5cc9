import type {ReactElement} from 'react';
import {NumberField} from '../../parts/index.ts';
import {changeForm} from './scan-draft.ts';
import type {FieldProblems, ScanForm} from './scan-form.ts';

type NumberKey = {[Key in keyof ScanForm]: ScanForm[Key] extends number ? Key : never}[keyof ScanForm];

/** Which number of the form, and how it is told. */
export interface FormNumberProps {
  readonly of: NumberKey;
  readonly label: string;
  readonly unit: string;
  readonly isWhole?: boolean;
  readonly description?: string;
  readonly limit?: string | undefined;
}

/** A number of the form with its problem. */
export function FormNumber({
  form,
  problems,
  ...field
}: FormNumberProps & {readonly form: ScanForm; readonly problems: FieldProblems}): ReactElement {
  return (
    <NumberField
      label={field.label}
      unit={field.unit}
      value={form[field.of]}
      onChange={(value) => changeForm({[field.of]: value})}
      problem={problems[field.of] ?? field.limit}
      description={field.description}
      isWhole={field.isWhole ?? false}
    />
  );
}
