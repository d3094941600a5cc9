import {regionsPerClassOf} from '../../contract/class-regions.ts';
import type {ReadOutSettings} from '../../contract/read-out.ts';
import type {TrainingSettingsData} from '../../contract/training.ts';
import type {EngineSpec} from '../../twin/training/batch.ts';
import {layersFrom, sizesOf, type DenseSizes} from '../../twin/training/read-out-parameters.ts';
import {startLayers, type ClassEnergies} from '../../twin/training/read-out-start.ts';
import type {TrainingCheckpoint} from '../../twin/training/training-settings.ts';

/** The read-out of a training of plates and dense read-out together. */
export type DenseReadOut = Extract<ReadOutSettings, {kind: 'dense'}>;

const planeCountOf = ({furtherFrequenciesHz}: TrainingSettingsData): number =>
  1 + furtherFrequenciesHz.length;

/** Sizes of the dense read-out that is trained with the plates; undefined where none is. */
export function trainedSizesOf(settings: TrainingSettingsData): DenseSizes | undefined {
  const {task, detection, classCount, readOut} = settings;
  if (task === 'imaging' || detection !== 'dense') return undefined;
  const inputCount = classCount * regionsPerClassOf(settings) * planeCountOf(settings);
  return [inputCount, ...readOut.hiddenCounts, classCount];
}

/** The read-out that a training with these settings begins with; undefined where none is trained with the plates. */
export function startReadOut(settings: TrainingSettingsData): DenseReadOut | undefined {
  const sizes = trainedSizesOf(settings);
  return sizes && readOutFor(settings, sizes);
}

/**
 * A read-out of some sizes that decides by what speaks for each class and against it, as `startLayers` says: unless told
 * otherwise the share of a class's one region, or the difference of its two.
 */
export function readOutFor(
  settings: TrainingSettingsData,
  sizes: DenseSizes,
  classes: readonly ClassEnergies[] = energiesOfClasses(settings),
): DenseReadOut {
  const {
    classCount,
    seed,
    loss: {logitScale},
  } = settings;
  const labels = Array.from({length: classCount}, (_, k) => String(k));
  return {kind: 'dense', labels, layers: startLayers(classes, sizes, {logitScale, seed})};
}

function energiesOfClasses(settings: TrainingSettingsData): ClassEnergies[] {
  const {classCount} = settings;
  const perClass = regionsPerClassOf(settings);
  const regionCount = perClass * classCount;
  const inPlanes = (region: number): number[] =>
    Array.from({length: planeCountOf(settings)}, (_, plane) => plane * regionCount + region);
  return Array.from({length: classCount}, (_, k) => ({
    positive: inPlanes(perClass * k),
    negative: perClass === 1 ? [] : inPlanes(perClass * k + 1),
  }));
}

/** A training's spec with the read-out as its checkpoint has it; the same where none is trained with the plates. */
export function specAt(spec: EngineSpec, {readOut: state}: TrainingCheckpoint): EngineSpec {
  const {readOut} = spec;
  if (state === undefined || readOut?.kind !== 'dense') return spec;
  return {...spec, readOut: {...readOut, layers: layersFrom(state.averages[0], sizesOf(readOut.layers))}};
}
