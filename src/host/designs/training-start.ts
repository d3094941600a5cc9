import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {createRandom} from '../../base/random.ts';
import {createClassRegions} from '../../contract/class-regions.ts';
import {BenchError} from '../../contract/errors.ts';
import {planeCountOf, type DetectorClasses} from '../../contract/read-out.ts';
import {newEpoch} from '../../contract/stored/file-records.ts';
import type {TrainingSettingsData} from '../../contract/training.ts';
import type {Design} from '../../twin/design/load.ts';
import type {DenseLayers} from '../../twin/training/dense-layers.ts';
import {valuesPerPixel, withStartAngles, type NeuronModel} from '../../twin/training/neurons.ts';
import {
  layersFrom,
  parametersFrom,
  sizesOf,
  type DenseSizes,
} from '../../twin/training/read-out-parameters.ts';
import {
  canWiden,
  classEnergiesOf,
  widenLayers,
  type ClassEnergies,
} from '../../twin/training/read-out-start.ts';
import {lensArrayPhases, relayFocalLengths} from '../../twin/training/relay-start.ts';
import {unmoved, type TrainingCheckpoint} from '../../twin/training/training-settings.ts';
import {createCheckpointStore, readCheckpointState, type StoredTraining} from './checkpoint-store.ts';
import {openDesign} from './design-folder.ts';
import {parametersOf} from './trained-plates.ts';
import {readOutFor, trainedSizesOf} from './trained-read-out.ts';
import type {TrainedDesign} from './write-trained.ts';

/** Parameters that are not flat plates as step 0 of a training; undefined for flat ones. */
export async function startState({
  settings,
  spec: {network},
  model,
}: TrainedDesign): Promise<StoredTraining | undefined> {
  const {startLensMm} = settings.imaging;
  const begun = (checkpoint: TrainingCheckpoint): StoredTraining => ({
    checkpoint,
    curve: [],
    sinceEpoch: newEpoch,
  });
  if (settings.startFrom !== null) return begun(await earlierState(settings.startFrom, settings, model));
  if (settings.task !== 'imaging' || startLensMm === null) return undefined;
  return begun(
    beginAt(
      relayFocalLengths(network.gapsMm).map((focalLengthMm) =>
        startingAt(
          settings,
          lensArrayPhases(network.grid, network.wavelengthMm, {focalLengthMm, lensMm: startLensMm}),
        ),
      ),
    ),
  );
}

/** The parameters of a plate that begins with these phases; of complex neurons with a mask that is half open. */
const startingAt = ({neurons}: TrainingSettingsData, phases: Float32Array): Float32Array =>
  neurons === 'complex' ? withStartAngles(phases) : phases;

/** Step 0 with these parameters (rad) and without moments. */
export const beginAt = (parameters: readonly Float32Array[]): TrainingCheckpoint => ({
  step: 0,
  ...unmoved(parameters),
});

/** What an earlier training or design has left in a folder. */
interface Earlier {
  readonly folder: string;
  readonly stored: TrainingCheckpoint | undefined;
  /** Settings of the checkpoint; null where there is none, or they cannot be read. */
  readonly settings: TrainingSettingsData | null;
  /** Undefined where the checkpoint says enough, as that of a training that was stopped within its first epoch. */
  readonly design: Design | undefined;
}

/** Throws `file/not-found` for a folder with neither checkpoint nor design. */
async function readEarlier(folder: string, hasReadOut: boolean): Promise<Earlier> {
  const inFolder = join(folder, 'checkpoint');
  const state = await readCheckpointState(inFolder);
  const stored = (await createCheckpointStore(inFolder).read())?.checkpoint;
  const hasDesign = existsSync(join(folder, 'design.json'));
  if (stored === undefined && !hasDesign)
    throw new BenchError(
      'file/not-found',
      `${folder} holds no checkpoint of a training and no design to start from. Nothing was started.`,
    );
  // Plates of a checkpoint are not rounded to levels: the design is asked for what no checkpoint has.
  const isAsked = hasDesign && (stored === undefined || hasReadOut);
  const design = isAsked ? await openDesign(folder) : undefined;
  return {folder, stored, settings: state?.settings ?? null, design};
}

/** Step 0 with the plates of a folder and, where one is trained with them, a read-out; their moments are forgotten. */
async function earlierState(
  folder: string,
  settings: TrainingSettingsData,
  model: NeuronModel,
): Promise<TrainingCheckpoint> {
  const sizes = trainedSizesOf(settings);
  const earlier = await readEarlier(folder, sizes !== undefined);
  const begun = beginAt(await earlierPlates(earlier, settings, model));
  if (sizes === undefined) return begun;
  return {...begun, readOut: unmoved([parametersFrom(earlierReadOut(earlier, settings, sizes))])};
}

/**
 * Plates of a checkpoint, else those of the design. Plates of phase neurons become those of complex ones by masks that are
 * half open; other kinds do not become each other.
 */
async function earlierPlates(
  {folder, stored, settings: earlier, design}: Earlier,
  settings: TrainingSettingsData,
  model: NeuronModel,
): Promise<readonly Float32Array[]> {
  const {layerCount, count, neurons} = settings;
  const earlierNeurons = (stored ? earlier?.neurons : design?.file.layers[0]?.neurons) ?? 'phase';
  const own = {...model, ...(earlierNeurons !== 'phase' && {neurons: earlierNeurons})};
  const parameters = stored?.parameters ?? (design && (await parametersOf({folder, design}, own))) ?? [];
  const side = Math.sqrt((parameters[0]?.length ?? 0) / valuesPerPixel(earlierNeurons));
  if (parameters.length !== layerCount || side !== count)
    throw new BenchError(
      'file/invalid',
      `${folder} holds ${parameters.length} plates of ${side} x ${side} samples; this training has ${layerCount} of ${count} x ${count}. Nothing was started; choose the same plates, or start from flat ones.`,
    );
  if (earlierNeurons === neurons) return parameters;
  if (earlierNeurons === 'phase' && neurons === 'complex')
    return parameters.map((phases) => startingAt(settings, phases));
  throw new BenchError(
    'plan/invalid',
    `${folder} holds plates of ${earlierNeurons} neurons, which plates of ${neurons} neurons cannot begin with. Nothing was started; choose the same kind, or start from flat plates.`,
  );
}

/**
 * The dense read-out of the folder, with more units where the training has more; else one that decides as its detector
 * does, and where that has other energies or classes than the training, one for the training's own regions.
 */
function earlierReadOut(earlier: Earlier, settings: TrainingSettingsData, sizes: DenseSizes): DenseLayers {
  const dense = earlierLayers(earlier);
  if (dense === undefined) return readOutFor(settings, sizes, earlierClasses(earlier, sizes)).layers;
  const own = sizesOf(dense);
  if (!canWiden(own, sizes))
    throw new BenchError(
      'plan/invalid',
      `${earlier.folder} holds a read-out of ${own.join(', ')} inputs, units and classes, which one of ${sizes.join(', ')} cannot begin with. Nothing was started; give as many hidden layers with at least as many units, and the same regions and classes.`,
    );
  return widenLayers(dense, sizes, createRandom(`${settings.seed}/read-out`));
}

/** The dense read-out of a checkpoint, else that of the design. */
function earlierLayers({stored, settings, design}: Earlier): DenseLayers | undefined {
  const sizes = settings ? trainedSizesOf(settings) : undefined;
  if (stored?.readOut && sizes) return layersFrom(stored.readOut.parameters[0], sizes);
  const readOut = design?.file.detector.readOut;
  return readOut?.kind === 'dense' ? readOut.layers : undefined;
}

/** What speaks for the classes of a detector and against them; undefined where that has other energies or classes. */
function earlierClasses({settings, design}: Earlier, sizes: DenseSizes): ClassEnergies[] | undefined {
  const detector = design?.file.detector ?? (settings && detectorOf(settings));
  if (!detector || detector.regions.length * planeCountOf(detector) !== sizes[0]) return undefined;
  const classes = classEnergiesOf(detector);
  return classes.length === sizes.at(-1) ? classes : undefined;
}

/** The detector that settings stand for; null for pictures. */
const detectorOf = (settings: TrainingSettingsData): DetectorClasses | null =>
  settings.task === 'imaging'
    ? null
    : {
        ...createClassRegions({...settings, sideMm: settings.count * settings.pitchMm}),
        frequenciesHz: [settings.frequencyHz, ...settings.furtherFrequenciesHz],
      };
