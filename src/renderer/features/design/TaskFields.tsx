import type {ReactElement} from 'react';
import type {TrainingPreset} from '../../../contract/training-presets.ts';
import {useMay} from '../../connection/index.ts';
import {Button, Segments, Switch, TextField} from '../../parts/index.ts';
import {changeTrainingDraft, draftOfPreset, type TrainingDraft} from './training-draft.ts';
import {NumberFields, pictureFields} from './TrainingFields.tsx';
import {settingLabels} from './training-settings.ts';
import styles from './TrainingStudio.module.css';

const presets: readonly {
  readonly preset: TrainingPreset;
  readonly label: string;
  readonly needsFiles: boolean;
}[] = [
  {preset: 'digits', label: 'Digits', needsFiles: false},
  {preset: 'fashion', label: 'Fashion products', needsFiles: true},
  {preset: 'lens', label: 'Imaging lens', needsFiles: false},
];

/** What is learned and from what. Files of the computer are named by administrators alone. */
export function TaskFields(props: {
  readonly draft: TrainingDraft;
  readonly benchPath: string | null;
}): ReactElement {
  const {draft, benchPath} = props;
  const mayName = useMay('admin');
  const isFiles = draft.data === 'files' || draft.task === 'classes';
  return (
    <>
      <PresetButtons mayName={mayName} />
      <Segments
        label="Learn"
        hasLabel
        value={draft.task}
        onChange={(task) => changeTrainingDraft({task, ...(task === 'classes' && {data: 'files'})})}
        options={[
          {value: 'digits', label: 'Digits'},
          {value: 'classes', label: 'Classes of files', isDisabled: !mayName},
          {value: 'imaging', label: 'Pictures'},
        ]}
      />
      <Segments
        label="Images"
        hasLabel
        value={isFiles ? 'files' : 'built-in'}
        onChange={(data) => changeTrainingDraft({data})}
        options={[
          {value: 'built-in', label: 'Built-in digits', isDisabled: draft.task === 'classes'},
          {value: 'files', label: 'IDX files', isDisabled: !mayName},
        ]}
      />
      {draft.task === 'classes' && <NumberFields rows={[{name: 'classCount', unit: '', isWhole: true}]} />}
      {isFiles && <FileFields draft={draft} />}
      {draft.task === 'imaging' && <PictureFields draft={draft} />}
      <ShownFields draft={draft} />
      <Switch
        isSelected={draft.isForBench && benchPath !== null}
        isDisabled={benchPath === null || !mayName}
        onChange={(isForBench) => changeTrainingDraft({isForBench})}
      >
        Light and probe of the open bench’s file
      </Switch>
    </>
  );
}

/** Every field of the form as one of the networks of 2018 has it. */
function PresetButtons({mayName}: {readonly mayName: boolean}): ReactElement {
  return (
    <div className={styles.bar} role="group" aria-label="Fill in the form for">
      <span className={styles.quiet}>Fill in for</span>
      {presets.map(({preset, label, needsFiles}) => (
        <Button
          key={preset}
          isCompact
          isDisabled={needsFiles && !mayName}
          hint={
            needsFiles
              ? 'Sets every field; images are those of Debian’s package dataset-fashion-mnist'
              : 'Sets every field of this form'
          }
          onPress={() => changeTrainingDraft(draftOfPreset(preset))}
        >
          {label}
        </Button>
      ))}
    </div>
  );
}

function FileFields({draft}: {readonly draft: TrainingDraft}): ReactElement {
  return (
    <div className={styles.paths}>
      <TextField
        label="Images (IDX, whole path)"
        value={draft.imagesPath}
        onChange={(imagesPath) => changeTrainingDraft({imagesPath})}
      />
      {draft.task === 'imaging' ? (
        <TextField
          label="Pictures wanted of them (IDX; none: images of the objects)"
          value={draft.targetsPath}
          onChange={(targetsPath) => changeTrainingDraft({targetsPath})}
        />
      ) : (
        <TextField
          label="Labels (IDX, whole path)"
          value={draft.labelsPath}
          onChange={(labelsPath) => changeTrainingDraft({labelsPath})}
        />
      )}
    </div>
  );
}

/** The picture that is wanted at the output plane. */
function PictureFields({draft}: {readonly draft: TrainingDraft}): ReactElement {
  return (
    <>
      <Segments
        label="Pictures are compared by"
        hasLabel
        value={draft.objective}
        onChange={(objective) => changeTrainingDraft({objective})}
        options={[
          {value: 'mse', label: 'Squared error'},
          {value: 'pearson', label: 'Correlation'},
        ]}
      />
      <NumberFields rows={pictureFields} />
    </>
  );
}

/** The network behind the regions that is trained with the plates. */
function ReadOutFields({draft}: {readonly draft: TrainingDraft}): ReactElement {
  return (
    <>
      <Segments
        label="Regions a class"
        hasLabel
        value={draft.regionsPerClass}
        onChange={(regionsPerClass) => changeTrainingDraft({regionsPerClass})}
        options={[
          {value: '1', label: '1'},
          {value: '2', label: '2'},
        ]}
      />
      <TextField
        label={settingLabels['hiddenCounts'] ?? ''}
        placeholder="64, or 64, 32; 0 for none"
        value={draft.hidden}
        onChange={(hidden) => changeTrainingDraft({hidden})}
      />
    </>
  );
}

/** How images are shown, how classes are read from the detector, and what a pixel does. */
function ShownFields({draft}: {readonly draft: TrainingDraft}): ReactElement {
  return (
    <div className={styles.choices}>
      <Segments
        label="Shown as"
        hasLabel
        value={draft.objectKind}
        onChange={(objectKind) => changeTrainingDraft({objectKind})}
        options={[
          {value: 'binary-mask', label: 'Mask'},
          {value: 'grey-amplitude', label: 'Grey amplitude'},
          {value: 'phase', label: 'Phase'},
        ]}
      />
      {draft.task !== 'imaging' && (
        <Segments
          label="Classes are read from"
          hasLabel
          value={draft.detection}
          onChange={(detection) => changeTrainingDraft({detection})}
          options={[
            {value: 'single', label: 'One region each'},
            {value: 'differential', label: 'Two regions each'},
            {value: 'spectral', label: 'Two frequencies'},
            {value: 'dense', label: 'Dense network'},
          ]}
        />
      )}
      {draft.task !== 'imaging' && draft.detection === 'dense' && <ReadOutFields draft={draft} />}
      <Segments
        label="A pixel of a plate"
        hasLabel
        value={draft.neurons}
        onChange={(neurons) => changeTrainingDraft({neurons})}
        options={[
          {value: 'phase', label: 'Delays: relief'},
          {value: 'amplitude', label: 'Opens or closes: mask'},
          {value: 'complex', label: 'Both'},
        ]}
      />
      {draft.neurons !== 'amplitude' && <PlateFields draft={draft} />}
    </div>
  );
}

/** How the plates act on light, and which way their reliefs will stand. */
function PlateFields({draft}: {readonly draft: TrainingDraft}): ReactElement {
  return (
    <>
      <Segments
        label="Plates are computed as"
        hasLabel
        value={draft.plates}
        onChange={(plates) => changeTrainingDraft({plates})}
        options={[
          {value: 'thin', label: 'Thin: in one plane'},
          {value: 'thick', label: 'Thick: slice by slice'},
        ]}
      />
      {draft.plates === 'thick' && <NumberFields rows={[{name: 'sliceCount', unit: '', isWhole: true}]} />}
      <Segments
        label="Reliefs stand towards the"
        hasLabel
        value={draft.reliefFaces}
        onChange={(reliefFaces) => changeTrainingDraft({reliefFaces})}
        options={[
          {value: 'detector', label: 'Detector'},
          {value: 'source', label: 'Source'},
        ]}
      />
    </>
  );
}
