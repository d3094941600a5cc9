import type {ReactElement} from 'react';
import {Segments} from '../../parts/index.ts';
import {FormNumber, type FormNumberProps} from './FormNumber.tsx';
import {changeForm} from './scan-draft.ts';
import type {FieldProblems, ScanForm} from './scan-form.ts';
import styles from './ScanPage.module.css';

/** How often a grid is measured, so that standing waves are gone from the mean. */
export function AveragingFields(props: {
  readonly form: ScanForm;
  readonly problems: FieldProblems;
}): ReactElement {
  const {form, problems} = props;
  const number = (field: FormNumberProps): ReactElement => <FormNumber {...field} {...{form, problems}} />;
  const times = form.averagePlanes * form.averageFrequencies;
  return (
    <>
      <h3>Against standing waves</h3>
      <Segments
        label="Planes over half a wavelength"
        hasLabel
        value={String(form.averagePlanes)}
        onChange={(count) => changeForm({averagePlanes: count === '4' ? 4 : count === '2' ? 2 : 1})}
        options={[
          {value: '1', label: 'One'},
          {value: '2', label: 'Two, a quarter wave apart'},
          {value: '4', label: 'Four'},
        ]}
      />
      <div className={styles.pair}>
        {number({of: 'averageFrequencies', label: 'Frequencies', unit: '', isWhole: true})}
        {form.averageFrequencies > 1 && number({of: 'ditherSpanMhz', label: 'Over', unit: 'MHz'})}
      </div>
      {times > 1 && (
        <p className={styles.quietText}>
          The grid is measured {times} times. Each plane is stored; maps and files hold the mean.
        </p>
      )}
    </>
  );
}
