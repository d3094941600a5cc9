import type {ReactElement} from 'react';
import {Checkbox, Segments} from '../../parts/index.ts';
import {FormNumber, type FormNumberProps} from './FormNumber.tsx';
import {changeForm} from './scan-draft.ts';
import type {FieldProblems, ScanForm} from './scan-form.ts';
import styles from './ScanPage.module.css';

interface ReferenceFieldsProps {
  readonly form: ScanForm;
  readonly problems: FieldProblems;
}

/** How often a grid goes back to one place, where that is, and whether it looks there for lost steps. */
export function ReferenceFields({form, problems}: ReferenceFieldsProps): ReactElement {
  const number = (field: FormNumberProps): ReactElement => <FormNumber {...field} {...{form, problems}} />;
  const isVisited = form.referenceEvery > 0;
  return (
    <>
      {number({
        of: 'referenceEvery',
        label: 'Points between reference visits',
        unit: '',
        isWhole: true,
        description: isVisited
          ? 'The same place again and again shows and corrects drift.'
          : '0: no reference visits, drift and lost steps go unseen.',
      })}
      {isVisited && (
        <>
          <Checkbox
            isSelected={!form.hasReferencePosition}
            onChange={(isCentre) => changeForm({hasReferencePosition: !isCentre})}
          >
            Reference at the centre of the grid
          </Checkbox>
          {form.hasReferencePosition && (
            <div className={styles.pair}>
              {number({of: 'referenceXMm', label: 'Reference x', unit: 'mm'})}
              {number({of: 'referenceYMm', label: 'Reference y', unit: 'mm'})}
            </div>
          )}
          <PositionFields {...{form, problems}} />
        </>
      )}
    </>
  );
}

function PositionFields({form, problems}: ReferenceFieldsProps): ReactElement {
  const number = (field: FormNumberProps): ReactElement => <FormNumber {...field} {...{form, problems}} />;
  const isWatched = form.referencePatchMm > 0;
  return (
    <>
      {number({
        of: 'referencePatchMm',
        label: 'Places around it, apart by',
        unit: 'mm',
        description: isWatched
          ? 'Eight places more a visit tell where the probe stands: best beside a bright spot.'
          : '0: a visit is one place, and lost steps go unseen. Half a grain of the light shows them, 0.2 mm or so.',
      })}
      {isWatched && (
        <>
          {number({of: 'positionLimitMm', label: 'Lost beyond', unit: 'mm'})}
          <Segments
            label="When the place is lost"
            hasLabel
            value={form.onPositionLost}
            onChange={(onPositionLost) => changeForm({onPositionLost})}
            options={[
              {value: 'pause', label: 'Pause'},
              {value: 'fail', label: 'End the run'},
            ]}
          />
        </>
      )}
    </>
  );
}
