import {fixedText} from '../../base/number-format.ts';
import type {Plane, TrainingPlanes, TrainingSample} from '../../contract/api/index.ts';
import {createEnergyEngine, judge, plainJob, readOutOf} from '../../twin/training/batch.ts';
import {comparePictures} from '../../twin/metrics/image-quality.ts';
import type {ReadOut} from '../../twin/metrics/read-out.ts';
import {wantedOf} from '../../twin/training/training-goal.ts';
import {plateFrom} from '../../twin/training/neurons.ts';
import {createSpectralNetwork} from '../../twin/training/spectral-network.ts';
import type {TrainingCheckpoint} from '../../twin/training/training-settings.ts';
import type {Grid} from '../../contract/optics.ts';
import type {MnistDigits} from '../data/mnist.ts';
import {squarePlane} from './plate-planes.ts';
import {specAt} from './trained-read-out.ts';
import type {TrainedDesign} from './write-trained.ts';

/** Kept images whose planes are shown while a training goes on. */
const sampleCount = 4;
/** Samples along a side of what is shown, at most: a small picture. */
const largestSide = 64;

/** Computes the planes of a few kept images, of classes one of each of the first labels, through the plates as they form. */
export function createTrainingSamples(
  {spec, settings, model, pictures}: Pick<TrainedDesign, 'spec' | 'settings' | 'model' | 'pictures'>,
  {images, validationIndices}: MnistDigits,
): (checkpoint: TrainingCheckpoint) => TrainingPlanes {
  const byLabel = new Map<number, number>();
  for (const [i, index] of validationIndices.entries()) {
    // Pictures have no labels: the kept ones are numbered.
    const label = pictures ? i : images.labels[index];
    if (!byLabel.has(label)) byLabel.set(label, index);
  }
  const chosen = [...byLabel].sort(([a], [b]) => a - b).slice(0, sampleCount);
  const own = {...spec, network: {...spec.network, slotCount: 1}};
  const network = createSpectralNetwork(own.network);
  const engine = createEnergyEngine(own, network);
  const {grid} = own.network;
  type Chosen = readonly [label: number, index: number];
  const sampleOf = ([label, index]: Chosen, readOut: ReadOut): TrainingSample => {
    const job = plainJob([index], settings.illumination);
    const {energies} = engine.forward(job);
    const values = new Float32Array(grid.count ** 2);
    network.readIntensity(0, values);
    const intensity = smallPlane(grid, values);
    if (pictures) {
      const [ideal] = wantedOf(job, pictures.of, pictures.wanted);
      const ssim = fixedText(comparePictures(energies, ideal).ssim, 2);
      return {label: `picture ${label + 1}`, winner: `SSIM ${ssim}`, intensity};
    }
    return {
      label: readOut.labels[label],
      winner: readOut.labels[judge(readOut, energies, label).winner] ?? 'none',
      intensity,
    };
  };
  return (checkpoint) => {
    engine.setHeights(checkpoint.averages.map((values) => plateFrom(model, values)));
    const readOut = readOutOf(specAt(spec, checkpoint));
    return {step: checkpoint.step, samples: chosen.map((one) => sampleOf(one, readOut))};
  };
}

/** Means over squares of samples, so that at most `largestSide` stand along a side; what is left over is at the edges. */
function smallPlane(grid: Grid, values: Float32Array): Plane {
  const step = Math.ceil(grid.count / largestSide);
  const count = Math.floor(grid.count / step);
  const first = Math.floor((grid.count - count * step) / 2);
  const means = new Float32Array(count * count);
  for (let row = 0; row < count * step; row++)
    for (let column = 0; column < count * step; column++)
      means[Math.floor(row / step) * count + Math.floor(column / step)] +=
        values[(first + row) * grid.count + first + column] / step ** 2;
  return squarePlane({count, pitchMm: grid.pitchMm * step}, means, '1');
}
