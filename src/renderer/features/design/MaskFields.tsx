import type {ReactElement} from 'react';
import {Checkbox, NumberField, Select, TextField} from '../../parts/index.ts';
import {hasMasks, isTransmissionKind, type MapDraft, type MaskDraft} from './map-draft.ts';
import styles from './TrainingStudio.module.css';

/** Masks of plates that have reliefs, too; they lie as the maps of the reliefs do. */
export function MaskFields({
  draft,
  onChange,
}: {
  readonly draft: MapDraft;
  readonly onChange: (change: Partial<MapDraft>) => void;
}): ReactElement | null {
  const {masks, quantity} = draft;
  if (quantity === null || isTransmissionKind(quantity)) return null;
  const change = (own: Partial<MaskDraft>): void => onChange({masks: {...masks, ...own}});
  return (
    <div className={styles.fields}>
      <Checkbox isSelected={masks.areThere} onChange={(areThere) => change({areThere})}>
        Plates have masks, too (complex neurons); they lie as the maps do
      </Checkbox>
      {hasMasks(draft) && <MaskQuestions masks={masks} onChange={change} />}
    </div>
  );
}

interface MaskFieldsProps {
  readonly masks: MaskDraft;
  readonly onChange: (change: Partial<MaskDraft>) => void;
}

function MaskQuestions({masks, onChange}: MaskFieldsProps): ReactElement {
  return (
    <>
      <TextField
        label="Files of the masks (whole paths, a line each; the maps’ own unless given)"
        isLong
        value={masks.paths}
        onChange={(paths) => onChange({paths})}
      />
      <TextField
        label="Arrays of the masks (a name a line, * for any text)"
        isLong
        value={masks.arrays}
        onChange={(arrays) => onChange({arrays})}
      />
      <Select
        label="The masks’ numbers are"
        value={masks.quantity}
        onChange={(quantity) => onChange({quantity})}
        options={[
          {value: 'amplitude', label: 'Transmissions of the amplitude, 0 to 1'},
          {value: 'intensity', label: 'Transmissions of the power, 0 to 1'},
        ]}
      />
      <TextField
        label="Plates that have masks (1, 3; all unless given)"
        value={masks.plates}
        onChange={(plates) => onChange({plates})}
      />
      {masks.quantity === 'amplitude' && (
        <Checkbox isSelected={masks.complexModulus} onChange={(complexModulus) => onChange({complexModulus})}>
          Take the modulus of the masks’ complex numbers
        </Checkbox>
      )}
      <MaskRange masks={masks} onChange={onChange} />
    </>
  );
}

/** Which numbers stand for closed and open. */
function MaskRange({masks, onChange}: MaskFieldsProps): ReactElement {
  return (
    <>
      <Checkbox isSelected={masks.hasRaw} onChange={(hasRaw) => onChange({hasRaw})}>
        Other numbers stand for closed and open
      </Checkbox>
      {masks.hasRaw && (
        <>
          <NumberField
            label="Closed"
            unit=""
            value={masks.rawLow}
            onChange={(rawLow) => onChange({rawLow})}
          />
          <NumberField
            label="Open"
            unit=""
            value={masks.rawHigh}
            onChange={(rawHigh) => onChange({rawHigh})}
          />
        </>
      )}
    </>
  );
}
