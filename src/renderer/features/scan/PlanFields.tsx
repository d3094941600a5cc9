import type {ReactElement} from 'react';
import {Segments} from '../../parts/index.ts';
import {AveragingFields} from './AveragingFields.tsx';
import {FormNumber, type FormNumberProps} from './FormNumber.tsx';
import {GridFields} from './GridFields.tsx';
import type {LimitProblems} from './plan-geometry.ts';
import {changeForm, type ScanDraft} from './scan-draft.ts';
import {planLabels, planNames} from '../../../contract/plan-names.ts';
import {ReferenceFields} from './ReferenceFields.tsx';
import type {FieldProblems, ScanForm} from './scan-form.ts';
import styles from './ScanPage.module.css';

export interface PlanFieldsProps {
  readonly draft: ScanDraft;
  readonly problems: FieldProblems;
  readonly limits: LimitProblems;
}

/** Everything that says where and how long is measured. */
export function PlanFields(props: PlanFieldsProps): ReactElement {
  const {form} = props.draft;
  return (
    <>
      <Segments
        label="Plan"
        value={form.kind}
        onChange={(kind) => changeForm({kind})}
        options={planNames.map((value) => ({value, label: planLabels[value]}))}
      />
      <KindFields {...props} />
      <DwellFields {...props} />
    </>
  );
}

function KindFields(props: PlanFieldsProps): ReactElement {
  const {draft, problems, limits} = props;
  const {form} = draft;
  const number = (field: FormNumberProps): ReactElement => <FormNumber {...field} {...{form, problems}} />;
  switch (form.kind) {
    case 'grid':
      return (
        <>
          <GridFields {...props} />
          <div className={styles.pair}>
            {number({of: 'stepMm', label: 'Step', unit: 'mm'})}
            <OrderField form={form} />
          </div>
        </>
      );
    case 'line':
      return <LineFields {...props} />;
    case 'point':
      return (
        <div className={styles.pair}>
          {number({of: 'pointXMm', label: 'x', unit: 'mm', limit: limits.lowX ?? limits.highX})}
          {number({of: 'pointYMm', label: 'y', unit: 'mm', limit: limits.lowY ?? limits.highY})}
        </div>
      );
    case 'regions':
      return number({
        of: 'pointsPerSide',
        label: 'Points along each side of a region',
        unit: '',
        isWhole: true,
        description: 'Only the detector regions of the design are measured.',
      });
    case 'ripple':
      return <RippleFields {...props} />;
    case 'beam-find':
      return (
        <>
          <div className={styles.pair}>
            {number({
              of: 'findWidthMm',
              label: 'Width',
              unit: 'mm',
              limit: limits.lowX ?? limits.highX ?? limits.lowY ?? limits.highY,
            })}
            {number({of: 'findStepMm', label: 'Step', unit: 'mm'})}
          </div>
          <p className={styles.quietText}>
            A coarse raster around the axis, then a finer one around its peak.
          </p>
        </>
      );
  }
}

function OrderField({form}: {readonly form: ScanForm}): ReactElement {
  return (
    <Segments
      label="Order"
      hasLabel
      value={form.order}
      onChange={(order) => changeForm({order})}
      options={[
        {value: 'snake', label: 'Snake'},
        {value: 'one-way', label: 'One way'},
      ]}
    />
  );
}

function LineFields({draft: {form}, problems, limits}: PlanFieldsProps): ReactElement {
  const number = (field: FormNumberProps): ReactElement => <FormNumber {...field} {...{form, problems}} />;
  const other = form.axis === 'x' ? 'y' : 'x';
  const [along, across] =
    form.axis === 'x'
      ? [limits.lowX ?? limits.highX, limits.lowY ?? limits.highY]
      : [limits.lowY ?? limits.highY, limits.lowX ?? limits.highX];
  return (
    <>
      <Segments
        label="Along"
        value={form.axis}
        onChange={(axis) => changeForm({axis})}
        options={[
          {value: 'x', label: 'Along x'},
          {value: 'y', label: 'Along y'},
        ]}
      />
      <div className={styles.pair}>
        {number({of: 'startMm', label: `From ${form.axis}`, unit: 'mm'})}
        {number({of: 'stopMm', label: `To ${form.axis}`, unit: 'mm', limit: along})}
        {number({of: 'lineStepMm', label: 'Step', unit: 'mm'})}
        {number({of: 'otherMm', label: `At ${other}`, unit: 'mm', limit: across})}
      </div>
    </>
  );
}

function RippleFields({draft: {form}, problems, limits}: PlanFieldsProps): ReactElement {
  const number = (field: FormNumberProps): ReactElement => <FormNumber {...field} {...{form, problems}} />;
  return (
    <>
      <div className={styles.pair}>
        {number({of: 'rippleXMm', label: 'x', unit: 'mm', limit: limits.lowX ?? limits.highX})}
        {number({of: 'rippleYMm', label: 'y', unit: 'mm', limit: limits.lowY ?? limits.highY})}
        {number({of: 'rippleSpanMm', label: 'Along the beam', unit: 'mm'})}
        {number({of: 'rippleStepMm', label: 'Step', unit: 'mm'})}
      </div>
      <p className={styles.quietText}>
        One place at many distances of the detector: what a standing wave does to the light.
      </p>
    </>
  );
}

function DwellFields({draft: {form}, problems}: PlanFieldsProps): ReactElement {
  const number = (field: FormNumberProps): ReactElement => <FormNumber {...field} {...{form, problems}} />;
  return (
    <>
      <h3>At each point</h3>
      <div className={styles.triple}>
        {number({of: 'residualPercent', label: 'Settle to', unit: '%'})}
        {number({of: 'readingCount', label: 'Readings', unit: '', isWhole: true})}
        {number({of: 'restMs', label: 'Rest', unit: 'ms', isWhole: true})}
      </div>
      {form.kind === 'grid' && <ReferenceFields {...{form, problems}} />}
      {form.kind === 'grid' && <AveragingFields {...{form, problems}} />}
    </>
  );
}
