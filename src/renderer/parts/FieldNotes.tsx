import type {ReactElement} from 'react';
import {FieldError, Text} from 'react-aria-components';
import styles from './Controls.module.css';

export interface FieldProps {
  readonly label: string;
  /** Read by screen readers only. */
  readonly isLabelHidden?: boolean;
  readonly description?: string | undefined;
  /** Why the present value cannot be taken; '' or absent when it can. */
  readonly problem?: string | undefined;
  readonly isDisabled?: boolean | undefined;
}

/** What stands under a field: what is wrong with it, else what it is for. */
export function FieldNotes({
  description,
  problem,
}: Pick<FieldProps, 'description' | 'problem'>): ReactElement {
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
