import type {ReactElement} from 'react';
import {NumberField} from '../../parts/index.ts';
import {changeTrainingDraft, useTrainingDraft, type TrainingDraft} from './training-draft.ts';
import {settingLabels} from './training-settings.ts';
import styles from './TrainingStudio.module.css';

type NumberName = {
  [Name in keyof TrainingDraft]: TrainingDraft[Name] extends number ? Name : never;
}[keyof TrainingDraft];

export interface FieldRow {
  readonly name: NumberName;
  readonly unit: string;
  readonly isWhole?: boolean;
  /** Whether it means something for this draft; always unless given. */
  readonly isFor?: (draft: TrainingDraft) => boolean;
}

const forClasses = ({task}: TrainingDraft): boolean => task !== 'imaging';
const forPictures = ({task}: TrainingDraft): boolean => task === 'imaging';
const forMasks = ({neurons}: TrainingDraft): boolean => neurons !== 'phase';
const forDense = ({task, detection}: TrainingDraft): boolean => task !== 'imaging' && detection === 'dense';
const forReliefs = ({neurons}: TrainingDraft): boolean => neurons !== 'amplitude';

export const courseFields: readonly FieldRow[] = [
  {name: 'epochs', unit: '', isWhole: true},
  {name: 'stopAfterEpochs', unit: '', isWhole: true},
  {name: 'seed', unit: '', isWhole: true},
];

export const geometryFields: readonly FieldRow[] = [
  {name: 'layerCount', unit: '', isWhole: true},
  {name: 'count', unit: '', isWhole: true},
  {name: 'pitchMm', unit: 'mm'},
  {name: 'gapMm', unit: 'mm'},
  {name: 'outputGapMm', unit: 'mm'},
  {name: 'regionMm', unit: 'mm', isFor: forClasses},
  {name: 'objectSideMm', unit: 'mm'},
  {name: 'frequencyGhz', unit: 'GHz'},
  {name: 'phaseTurns', unit: 'turns', isFor: ({objectKind}) => objectKind === 'phase'},
];

export const pictureFields: readonly FieldRow[] = [
  {name: 'windowMm', unit: 'mm'},
  {name: 'magnification', unit: ''},
  {name: 'startLensMm', unit: 'mm'},
  {name: 'patternRatio', unit: ''},
  {name: 'imageCount', unit: '', isWhole: true},
  {name: 'behindWeight', unit: ''},
];

export const measurementFields: readonly FieldRow[] = [
  {name: 'scanStepMm', unit: 'mm', isFor: forClasses},
  {name: 'lateralErrorMm', unit: 'mm'},
  {name: 'axialErrorMm', unit: 'mm'},
];

export const learningFields: readonly FieldRow[] = [
  {name: 'logitScale', unit: '', isFor: forClasses},
  {name: 'efficiencyWeight', unit: ''},
  {name: 'smoothnessWeight', unit: '', isFor: forClasses},
  {name: 'marginWeight', unit: '', isFor: (draft) => forClasses(draft) && !forDense(draft)},
  {name: 'batchSize', unit: '', isWhole: true},
  {name: 'learningRate', unit: 'rad'},
  {name: 'finalLearningRate', unit: 'rad'},
  {name: 'readOutRate', unit: '', isFor: forDense},
  {name: 'averageDecay', unit: ''},
  {name: 'pad', unit: ''},
  {name: 'trainingCount', unit: '', isWhole: true},
  {name: 'validationCount', unit: '', isWhole: true},
];

export const printFields: readonly FieldRow[] = [
  {name: 'refractiveIndex', unit: '', isFor: forReliefs},
  {name: 'extinction', unit: '', isFor: forReliefs},
  {name: 'baseMm', unit: 'mm', isFor: forReliefs},
  {name: 'levels', unit: '', isWhole: true, isFor: forReliefs},
  {name: 'levelsFromRatio', unit: '', isFor: forReliefs},
  {name: 'maskLevels', unit: '', isWhole: true, isFor: forMasks},
];

export const augmentationFields: readonly FieldRow[] = [
  {name: 'shiftPixels', unit: 'px'},
  {name: 'rotationDeg', unit: 'deg'},
  {name: 'scaleRatio', unit: ''},
  {name: 'shearRatio', unit: ''},
  {name: 'elasticPixels', unit: 'px'},
  {name: 'thresholdChange', unit: '', isFor: (draft) => !forPictures(draft)},
];

/** The numbers of a draft that mean something for it. */
export function NumberFields({rows}: {readonly rows: readonly FieldRow[]}): ReactElement {
  const draft = useTrainingDraft();
  return (
    <div className={styles.fields}>
      {rows
        .filter(({isFor}) => isFor?.(draft) ?? true)
        .map(({name, unit, isWhole = false}) => (
          <NumberField
            key={name}
            label={settingLabels[name] ?? name}
            unit={unit}
            isWhole={isWhole}
            value={draft[name]}
            onChange={(value) => changeTrainingDraft({[name]: value})}
          />
        ))}
    </div>
  );
}
