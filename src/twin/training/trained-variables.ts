import * as tf from '@tensorflow/tfjs-core';
import type {TrainingCheckpoint} from './training-settings.ts';

const adam = {beta1: 0.9, beta2: 0.999, epsilon: 1e-8};

/** What is trained, as TensorFlow's variables, with the moments of Adam in our hands so that a checkpoint holds them. */
export interface TrainedVariables {
  readonly layers: readonly tf.Variable[];
  /** First and second moments of each layer. */
  readonly moments: readonly (readonly tf.Variable[])[];
  /** Moves the running averages towards what the layers are now. */
  average(decay: number): void;
  snapshot(step: number): TrainingCheckpoint;
  dispose(): void;
}

/** Variables of `layerCount` layers that begin as `start`, or as a checkpoint has them. */
export function createVariables(
  layerCount: number,
  start: Float32Array,
  resume: TrainingCheckpoint | undefined,
): TrainedVariables {
  const zeros = new Float32Array(start.length);
  const from = (set: readonly Float32Array[] | undefined, first: Float32Array): Float32Array[] =>
    set?.map((values) => values.slice()) ?? Array.from({length: layerCount}, () => first.slice());
  const held = (set: readonly Float32Array[] | undefined, first: Float32Array = zeros): tf.Variable[] =>
    from(set, first).map((values) => tf.variable(tf.tensor1d(values)));
  const read = (set: readonly tf.Variable[]): Float32Array[] =>
    set.map((variable) => variable.dataSync<'float32'>().slice());
  const layers = from(resume?.parameters, start).map((values, i) =>
    tf.variable(tf.tensor1d(values), true, `layer-${i + 1}`),
  );
  const moments = [held(resume?.firstMoments), held(resume?.secondMoments)];
  const averages = held(resume?.averages, start);
  return {
    layers,
    moments,
    average: (decay) => layers.forEach((variable, i) => updateAverage(averages[i], variable, decay)),
    snapshot: (step) => ({
      step,
      parameters: read(layers),
      averages: read(averages),
      firstMoments: read(moments[0]),
      secondMoments: read(moments[1]),
    }),
    dispose: () => tf.dispose([...layers, ...averages, ...moments.flat()]),
  };
}

/** Adam (Kingma and Ba 2015), with its moments in our hands so that a checkpoint holds them. */
export function applyAdam(
  p: tf.Variable,
  [m, v]: readonly [first: tf.Variable, second: tf.Variable],
  g: tf.Tensor,
  {rate, step}: {readonly rate: number; readonly step: number},
): void {
  tf.tidy(() => {
    m.assign(tf.add(tf.mul(m, adam.beta1), tf.mul(g, 1 - adam.beta1)));
    v.assign(tf.add(tf.mul(v, adam.beta2), tf.mul(tf.square(g), 1 - adam.beta2)));
    const corrected = rate * (Math.sqrt(1 - adam.beta2 ** (step + 1)) / (1 - adam.beta1 ** (step + 1)));
    p.assign(tf.sub(p, tf.mul(tf.div(m, tf.add(tf.sqrt(v), adam.epsilon)), corrected)));
  });
}

function updateAverage(average: tf.Variable, parameter: tf.Variable, decay: number): void {
  tf.tidy(() => average.assign(tf.add(tf.mul(average, decay), tf.mul(parameter, 1 - decay))));
}
