/**
 * What thick plates cost a training: CPU of light through a network and of its gradient back, thick over thin, in one
 * thread and without what both have in common (images, optimiser). Five plates of 200 x 200, four slices. Short pieces
 * take turns and the fastest of each counts. ROUNDS (12) and PADS (1,1.28,1.6,2) are read from the environment.
 */
import {createRandom} from '../../src/base/random.ts';
import {thickPlates, thinPlates, type PlateOptics} from '../../src/contract/plate-optics.ts';
import {trainingSettingsSchema} from '../../src/contract/training.ts';
import {createTrainingNetwork, type TrainingNetwork} from '../../src/twin/training/network.ts';
import {neuronModelOf, trainedOptics} from '../../src/twin/training/trained-optics.ts';
import type {BenchResult} from '../figures.ts';

const rounds = Number(process.env['ROUNDS'] ?? 12);
const pads = (process.env['PADS'] ?? '1,1.28,1.6,2').split(',').map(Number);
/** What one of two threads has of a batch of 16. */
const imagesOfAPiece = 8;

export function run(): BenchResult[] {
  return pads.map((pad) => {
    const steps = [thinPlates, thickPlates].map((plateOptics) => stepOf(pad, plateOptics));
    const pieces = Array.from({length: rounds}, () => steps.map(cpuMsOf));
    const [thinMs, thickMs] = steps.map((_, i) => Math.min(...pieces.map((piece) => piece[i])));
    return {
      name: `training, pad ${pad}: forward and gradient of ${imagesOfAPiece} images, thick over thin (target at most 4)`,
      figures: {thinMs, thickMs, ratio: thickMs / thinMs},
    };
  });
}

/** A step of training as far as optics go: plates put in, each image through and back, gradients read. */
function stepOf(pad: number, plateOptics: PlateOptics): () => void {
  const settings = trainingSettingsSchema.parse({pad, plateOptics, batchSize: imagesOfAPiece});
  const {network: spec} = trainedOptics(settings, neuronModelOf(settings), 1);
  const network = createTrainingNetwork(spec);
  const random = createRandom('thick steps');
  const total = spec.grid.count ** 2;
  const heights = Array.from({length: network.layerCount}, () =>
    Float32Array.from({length: total}, () => random.uniform()),
  );
  const object = Float32Array.from({length: total}, () => random.integer(2));
  const energies = new Float32Array(network.regionCount);
  return () => step(network, {heights, object, energies});
}

function step(
  network: TrainingNetwork,
  {
    heights,
    object,
    energies,
  }: {
    readonly heights: readonly Float32Array[];
    readonly object: Float32Array;
    readonly energies: Float32Array;
  },
): void {
  network.setHeights(heights);
  network.clearGradients();
  for (let slot = 0; slot < imagesOfAPiece; slot++) network.forward(slot, object, energies);
  for (let slot = 0; slot < imagesOfAPiece; slot++)
    network.backward(
      slot,
      energies.map(() => 1),
    );
  const gradient = new Float32Array(object.length);
  heights.forEach((_, layer) => network.readHeightGradient(layer, gradient));
}

function cpuMsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const {user, system} = process.cpuUsage(before);
  return (user + system) / 1000;
}
