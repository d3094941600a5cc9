import {type ReactElement, useState} from 'react';
import {NumberField, Segments} from '../../parts/index.ts';
import type {LimitProblems} from './plan-geometry.ts';
import {changeDraft, changeForm, type ScanDraft} from './scan-draft.ts';
import {type Corners, cornersOf, type FieldProblems, isSameGrid, withCorners} from './scan-form.ts';
import styles from './ScanPage.module.css';

interface GridFieldsProps {
  readonly draft: ScanDraft;
  readonly problems: FieldProblems;
  readonly limits: LimitProblems;
}

const viewOptions = [
  {value: 'centre', label: 'Centre, size'},
  {value: 'corners', label: 'Corners'},
] as const;

/** Place and size of the grid, by centre and size or by two corners: the same numbers. */
export function GridFields(props: GridFieldsProps): ReactElement {
  const {gridBy} = props.draft;
  return (
    <>
      <Segments
        label="Grid by"
        value={gridBy}
        onChange={(next) => changeDraft({gridBy: next})}
        options={viewOptions}
      />
      {gridBy === 'centre' ? <CentreFields {...props} /> : <CornerFields {...props} />}
    </>
  );
}

function CentreFields({draft: {form}, problems, limits}: GridFieldsProps): ReactElement {
  const beyondX = limits.lowX ?? limits.highX;
  const beyondY = limits.lowY ?? limits.highY;
  return (
    <div className={styles.pair}>
      <NumberField
        label="Centre x"
        unit="mm"
        value={form.centerXMm}
        onChange={(centerXMm) => changeForm({centerXMm})}
        problem={problems.centerXMm}
      />
      <NumberField
        label="Centre y"
        unit="mm"
        value={form.centerYMm}
        onChange={(centerYMm) => changeForm({centerYMm})}
        problem={problems.centerYMm}
      />
      <NumberField
        label="Width"
        unit="mm"
        value={form.widthMm}
        onChange={(widthMm) => changeForm({widthMm})}
        problem={problems.widthMm ?? beyondX}
      />
      <NumberField
        label="Height"
        unit="mm"
        value={form.heightMm}
        onChange={(heightMm) => changeForm({heightMm})}
        problem={problems.heightMm ?? beyondY}
      />
    </div>
  );
}

function CornerFields({draft: {form}, problems, limits}: GridFieldsProps): ReactElement {
  // What was typed for each corner, as long as it is the form's grid: one corner that cannot be taken makes the whole
  // grid unknown, but not the other corners.
  const [typed, setTyped] = useState<Corners | null>(null);
  const corners = typed && isSameGrid(withCorners(form, typed), form) ? typed : cornersOf(form);
  const field = (label: string, key: keyof Corners, problem: string | undefined): ReactElement => (
    <NumberField
      label={label}
      unit="mm"
      value={corners[key]}
      onChange={(value) => {
        const next = {...corners, [key]: value};
        setTyped(next);
        changeForm(withCorners(form, next));
      }}
      problem={Number.isNaN(corners[key]) ? 'Enter a number.' : problem}
    />
  );
  // A size that is refused is told where the high corner is typed.
  const order = (axis: 'x' | 'y', problem: string | undefined): string | undefined =>
    problem === undefined || Number.isNaN(axis === 'x' ? corners.lowXMm : corners.lowYMm)
      ? undefined
      : `The second ${axis} has to be larger.`;
  return (
    <div className={styles.pair}>
      {field('From x', 'lowXMm', limits.lowX)}
      {field('From y', 'lowYMm', limits.lowY)}
      {field('To x', 'highXMm', order('x', problems.widthMm) ?? limits.highX)}
      {field('To y', 'highYMm', order('y', problems.heightMm) ?? limits.highY)}
    </div>
  );
}
