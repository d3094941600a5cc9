import type {ReactElement} from 'react';
import type {SessionSummary} from '../../../contract/api/index.ts';
import {Checkbox, NumberField, Select, TextField} from '../../parts/index.ts';
import type {HeightsDraft} from './heights-draft.ts';
import styles from './TrainingStudio.module.css';

/** Which plate of which bench was measured, the file, and how the map lies on the plate. */
export function MeasuredPlateFields({
  draft,
  onChange,
  sessions,
  plateCount,
}: {
  readonly draft: HeightsDraft;
  readonly onChange: (change: Partial<HeightsDraft>) => void;
  /** Of this design, newest first. */
  readonly sessions: readonly SessionSummary[];
  readonly plateCount: number;
}): ReactElement {
  const number = (label: string, name: 'dxMm' | 'dyMm' | 'rotationDeg', unit: string): ReactElement => (
    <NumberField
      label={label}
      unit={unit}
      value={draft[name]}
      onChange={(value) => onChange({[name]: value})}
    />
  );
  return (
    <div className={styles.fields}>
      <Select
        label="A session of the bench where it stands"
        placeholder={sessions.length === 0 ? 'no session has this design yet' : 'choose'}
        value={draft.sessionUid}
        onChange={(sessionUid) => onChange({sessionUid})}
        options={sessions.map(({uid, title, benchName, createdAt}) => ({
          value: uid,
          label: `${createdAt.slice(0, 16).replace('T', ' ')}, ${benchName}: ${title}`,
        }))}
      />
      <Select
        label="Plate"
        value={draft.plate}
        onChange={(plate) => onChange({plate})}
        options={Array.from({length: plateCount}, (_, i) => ({value: i + 1, label: `Plate ${i + 1}`}))}
      />
      <TextField label="File (whole path)" value={draft.paths} onChange={(paths) => onChange({paths})} />
      <TextField
        label="Array of a file that holds several"
        value={draft.arrays}
        onChange={(arrays) => onChange({arrays})}
      />
      {number('Middle of the map on the plate, x', 'dxMm', 'mm')}
      {number('Middle of the map on the plate, y', 'dyMm', 'mm')}
      {number('Turned on the plate, from x to y', 'rotationDeg', 'deg')}
      <Checkbox
        isSelected={draft.isFilledAsDesigned}
        onChange={(isFilledAsDesigned) => onChange({isFilledAsDesigned})}
      >
        As designed where nothing was measured
      </Checkbox>
      <Checkbox isSelected={draft.isLevelled} onChange={(isLevelled) => onChange({isLevelled})}>
        Take the mean difference to the design off
      </Checkbox>
    </div>
  );
}
