import type {ReactElement} from 'react';
import {Checkbox, NumberField, Select, TextField} from '../../parts/index.ts';
import {hasMasks, isTransmissionKind, type MapDraft} from './map-draft.ts';
import styles from './TrainingStudio.module.css';

interface FieldsProps {
  readonly draft: MapDraft;
  readonly onChange: (change: Partial<MapDraft>) => void;
}

/** Which files, and which arrays of a single one. */
export function FileFields({draft, onChange}: FieldsProps): ReactElement {
  const isSingle = draft.paths.trim() !== '' && !draft.paths.trim().includes('\n');
  return (
    <div className={styles.fields}>
      <TextField
        label="Files (whole paths, a line each, in the order of the plates)"
        isLong
        value={draft.paths}
        onChange={(paths) => onChange({paths})}
      />
      <TextField
        label="Arrays of the file (a name a line, * for any text; all unless given)"
        isLong
        isDisabled={!isSingle}
        value={draft.arrays}
        onChange={(arrays) => onChange({arrays})}
      />
    </div>
  );
}

/** What the numbers stand for; those of a measured plate are heights. */
export function MeaningFields({
  draft,
  onChange,
  isHeight = false,
}: FieldsProps & {readonly isHeight?: boolean}): ReactElement {
  return (
    <div className={styles.fields}>
      {!isHeight && (
        <Select
          label="The numbers are"
          value={draft.quantity}
          onChange={(quantity) => onChange({quantity})}
          options={[
            {value: 'height', label: 'Heights'},
            {value: 'phase', label: 'Phases'},
            {value: 'amplitude', label: 'Transmissions of the amplitude, 0 to 1 (masks)'},
            {value: 'intensity', label: 'Transmissions of the power, 0 to 1 (masks)'},
          ]}
        />
      )}
      {draft.quantity === 'height' && (
        <Select
          label="Unit"
          value={draft.heightUnit}
          onChange={(heightUnit) => onChange({heightUnit})}
          options={[
            {value: 'mm', label: 'mm'},
            {value: 'um', label: 'µm'},
            {value: 'm', label: 'm'},
          ]}
        />
      )}
      {draft.quantity === 'phase' && <PhaseFields draft={draft} onChange={onChange} />}
      {draft.quantity === 'amplitude' && (
        <Checkbox isSelected={draft.complexModulus} onChange={(complexModulus) => onChange({complexModulus})}>
          Take the modulus of complex numbers
        </Checkbox>
      )}
      <NumberField
        label={isTransmissionKind(draft.quantity) ? 'Offset' : 'Offset (in that unit)'}
        unit=""
        value={draft.offset}
        onChange={(offset) => onChange({offset})}
      />
      <RawFields draft={draft} onChange={onChange} />
    </div>
  );
}

function PhaseFields({draft, onChange}: FieldsProps): ReactElement {
  return (
    <>
      <Select
        label="Unit"
        value={draft.phaseUnit}
        onChange={(phaseUnit) => onChange({phaseUnit})}
        options={[
          {value: 'rad', label: 'rad'},
          {value: 'turns', label: 'turns'},
          {value: 'deg', label: 'deg'},
        ]}
      />
      <Select
        label="A larger phase"
        value={draft.sign}
        onChange={(sign) => onChange({sign})}
        options={[
          {value: 'delays', label: 'delays: thicker, exp(+i phase) with exp(-i ω t)'},
          {value: 'advances', label: 'advances: thinner, as with exp(+i ω t)'},
        ]}
      />
      <Checkbox isSelected={draft.wrap} onChange={(wrap) => onChange({wrap})}>
        Take whole turns off
      </Checkbox>
      <Checkbox isSelected={draft.complexPhase} onChange={(complexPhase) => onChange({complexPhase})}>
        Take the phase of complex numbers
      </Checkbox>
    </>
  );
}

/** Raw values of a picture and what they stand for. */
function RawFields({draft, onChange}: FieldsProps): ReactElement {
  const field = (label: string, name: 'rawLow' | 'rawHigh' | 'atLow' | 'atHigh'): ReactElement => (
    <NumberField label={label} unit="" value={draft[name]} onChange={(value) => onChange({[name]: value})} />
  );
  return (
    <>
      <Checkbox isSelected={draft.hasRaw} onChange={(hasRaw) => onChange({hasRaw})}>
        They are raw values that stand for it
      </Checkbox>
      {draft.hasRaw && (
        <>
          {field('Lowest raw value', 'rawLow')}
          {field('stands for', 'atLow')}
          {field('Highest raw value', 'rawHigh')}
          {field('stands for this', 'atHigh')}
        </>
      )}
    </>
  );
}

/** How the maps lie; one that is read at the plate's samples need not have their size. */
export function LieFields({
  draft,
  onChange,
  hasFit = true,
}: FieldsProps & {readonly hasFit?: boolean}): ReactElement {
  return (
    <div className={styles.fields}>
      <Select
        label="First row of the file"
        value={draft.firstRow}
        onChange={(firstRow) => onChange({firstRow})}
        options={[
          {value: 'top', label: 'is at the top'},
          {value: 'bottom', label: 'is at the bottom'},
        ]}
      />
      <Select
        label="As it is seen from"
        value={draft.seenFrom}
        onChange={(seenFrom) => onChange({seenFrom})}
        options={[
          {value: 'detector', label: 'the detector'},
          {value: 'source', label: 'the source'},
        ]}
      />
      <Select
        label="Then turned counter-clockwise"
        value={draft.quarterTurns}
        onChange={(quarterTurns) => onChange({quarterTurns})}
        options={(['0', '1', '2', '3'] as const).map((value) => ({value, label: `${Number(value) * 90}°`}))}
      />
      <NumberField
        label="Pitch of the file"
        unit="mm"
        value={draft.pitchMm}
        onChange={(pitchMm) => onChange({pitchMm})}
        onEmpty={() => onChange({pitchMm: null})}
        minimum={1e-6}
        maximum={100}
      />
      {hasFit && <FitFields draft={draft} onChange={onChange} />}
      <Checkbox isSelected={draft.mirrored} onChange={(mirrored) => onChange({mirrored})}>
        Mirrored left-right
      </Checkbox>
    </div>
  );
}

/** What becomes of maps that are not one plane of the plates' size. */
function FitFields({draft, onChange}: FieldsProps): ReactElement {
  return (
    <>
      <Select
        label="Where its size differs"
        value={draft.fit}
        onChange={(fit) => onChange({fit})}
        options={[
          {value: 'exact', label: 'refuse it'},
          {value: 'pad-or-crop', label: 'pad or crop about the middle'},
          {value: 'resample', label: 'read it at the plates’ samples'},
        ]}
      />
      <Select
        label="An array of three axes"
        value={draft.stack}
        onChange={(stack) => onChange({stack})}
        options={[
          {value: 'refuse', label: 'is refused'},
          {value: 'first-axis', label: 'has a plate for each place of the first'},
          {value: 'last-axis', label: 'has a plate for each place of the last'},
        ]}
      />
    </>
  );
}

/** The design that is made. */
export function DesignFields({
  draft,
  onChange,
  designs,
}: FieldsProps & {
  readonly designs: readonly {readonly folder: string; readonly name: string}[];
}): ReactElement {
  return (
    <div className={styles.fields}>
      <TextField label="Name of the new design" value={draft.name} onChange={(name) => onChange({name})} />
      <Select
        label="Geometry, light, object and regions of"
        value={draft.like}
        onChange={(like) => onChange({like})}
        options={designs.map(({folder, name}) => ({value: folder, label: name}))}
      />
      {!isTransmissionKind(draft.quantity) && (
        <NumberField
          label="Levels (0: heights as they are)"
          unit=""
          isWhole
          value={draft.levelCount}
          onChange={(levelCount) => onChange({levelCount})}
          minimum={0}
          maximum={65_536}
        />
      )}
      {(hasMasks(draft) || isTransmissionKind(draft.quantity)) && (
        <Select
          label="Transmissions of masks"
          value={draft.maskLevels}
          onChange={(maskLevels) => onChange({maskLevels})}
          options={[
            {value: 'as-they-are', label: 'stay as they are'},
            {value: 'open-or-closed', label: 'are rounded to open and closed, as metal is'},
          ]}
        />
      )}
      <Checkbox isSelected={draft.isPrinted} onChange={(isPrinted) => onChange({isPrinted})}>
        Refuse what the printer cannot make
      </Checkbox>
    </div>
  );
}
