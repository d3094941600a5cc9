import {createClassRegions} from '../../contract/class-regions.ts';
import type {ImageWindow} from '../../contract/imaging.ts';
import type {TrainingSettingsData} from '../../contract/training.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {objectValueOf, type EngineSpec} from './batch.ts';
import {createHeightModel, heightStepMm, turnMm} from './height-model.ts';
import type {NetworkSpec} from './network-spec.ts';
import type {NeuronModel} from './neurons.ts';
import {spectralLines} from './spectral-network.ts';

/** How the parameters that these settings train become plates. */
export const neuronModelOf = (settings: TrainingSettingsData): NeuronModel => ({
  ...createHeightModel(
    {count: settings.count, pitchMm: settings.pitchMm},
    {
      wavelengthMm: wavelengthMmFromHz(settings.frequencyHz),
      refractiveIndex: settings.refractiveIndex,
    },
    {
      parametrisation: settings.parametrisation,
      levelCount: settings.levels === 0 ? null : settings.levels,
    },
  ),
  ...(settings.neurons !== 'phase' && {
    neurons: settings.neurons,
    maskLevelCount: settings.maskLevels === 0 ? null : settings.maskLevels,
  }),
});

/** Network and objects that the settings of a training stand for, of images of so many rows. */
export function trainedOptics(
  settings: TrainingSettingsData,
  model: NeuronModel,
  imageCount: number,
): Pick<EngineSpec, 'network' | 'object'> {
  const sideMm = settings.count * settings.pitchMm;
  const window = trainedWindowOf(settings);
  const {regions} = window ? {regions: []} : createClassRegions({...settings, sideMm});
  return {
    network: {
      wavelengthMm: wavelengthMmFromHz(settings.frequencyHz),
      grid: model.grid,
      gapsMm: gapsOf(settings),
      refractiveIndex: settings.refractiveIndex,
      extinction: settings.extinction,
      further: spectralLines(settings, settings.frequencyHz, settings.furtherFrequenciesHz),
      baseMm: settings.baseMm,
      regions,
      isReadWholeToo: settings.loss.smoothnessWeight > 0,
      ...(model.neurons && {neurons: model.neurons}),
      ...(window && {windowMm: window.widthMm}),
      ...thickLayersOf(settings, model),
      heightStepMm: tableStepMm(model),
      pixel: settings.pixel,
      probe: settings.probe,
      objectValue: objectValueOf(settings.objectKind),
      pad: settings.pad,
      slotCount: settings.batchSize,
    },
    object: {
      kind: settings.objectKind,
      imageCount,
      sideMm: settings.objectSideMm,
      interpolation: 'bilinear',
      threshold: 0.5,
      ...(settings.objectKind === 'phase' && {phaseTurns: settings.phaseTurns}),
    },
  };
}

/** Thickness of plates whose relief may reach from the base to the highest level of a turn of phase. */
function thickLayersOf(
  {plateOptics, reliefFaces, layerCount}: TrainingSettingsData,
  model: NeuronModel,
): Pick<NetworkSpec, 'thick'> {
  if (plateOptics.kind === 'thin' || model.neurons === 'amplitude') return {};
  const extent = {lowestMm: 0, highestMm: turnMm(model) - (heightStepMm(model) ?? 0)};
  const extents = Array.from({length: layerCount}, () => extent);
  return {thick: {sliceCount: plateOptics.sliceCount, reliefFaces, extents}};
}

const gapsOf = ({layerCount, gapMm, outputGapMm}: TrainingSettingsData): number[] => [
  ...Array.from({length: layerCount}, () => gapMm),
  outputGapMm ?? gapMm,
];

/** The window of the image that a training on pictures makes; undefined for classes. */
export function trainedWindowOf({task, imaging}: TrainingSettingsData): ImageWindow | undefined {
  if (task !== 'imaging') return undefined;
  const {windowMm, magnification, targets} = imaging;
  return {widthMm: windowMm, magnification, shows: targets === null ? 'object' : 'picture'};
}

/** Step of the table of transmissions: levels are whole multiples of it, and so fine that heights between are exact. */
const tableStepMm = (model: NeuronModel): number | null => {
  const stepMm = heightStepMm(model);
  return stepMm === null ? null : stepMm / Math.max(1, Math.round(4096 / (model.levelCount ?? 1)));
};
