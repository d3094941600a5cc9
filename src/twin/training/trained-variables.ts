import * as tf from '@tensorflow/tfjs-core';
import type {TrainingCheckpoint, VariablesState} from './training-settings.ts';

const adam = {beta1: 0.9, beta2: 0.999, epsilon: 1e-8};

/** What is trained, as TensorFlow's variables, with the moments of Adam in our hands so that a checkpoint holds them. */
export interface TrainedVariables {
  readonly rows: readonly tf.Variable<tf.Rank.R1>[];
  /** One step of Adam by the gradients of the rows, which stand under their names. */
  step(gradients: tf.NamedTensorMap, course: AdamCourse): void;
  /** Moves the running averages towards what the rows are now. */
  average(decay: number): void;
  snapshot(): VariablesState;
  dispose(): void;
}

/** Where Adam is. */
export interface AdamCourse {
  readonly rate: number;
  /** From 0. */
  readonly step: number;
}

/** The variables of the plates and, where one is trained with them, of the dense read-out. */
export interface AllVariables {
  readonly plates: TrainedVariables;
  readonly readOut: TrainedVariables | undefined;
  average(decay: number): void;
  snapshot(step: number): TrainingCheckpoint;
  dispose(): void;
}

/** Variables that begin as these states. */
export function createTrained(startPlates: VariablesState, startReadOut?: VariablesState): AllVariables {
  const plates = createVariables('layer', startPlates);
  const readOut = startReadOut && createVariables('read-out', startReadOut);
  return {
    plates,
    readOut,
    average(decay) {
      plates.average(decay);
      readOut?.average(decay);
    },
    snapshot: (step) => ({step, ...plates.snapshot(), ...(readOut && {readOut: readOut.snapshot()})}),
    dispose() {
      plates.dispose();
      readOut?.dispose();
    },
  };
}

/** Variables that begin as `start`; their names are `name` and a number. */
function createVariables(name: string, start: VariablesState): TrainedVariables {
  const held = (set: readonly Float32Array[]): tf.Variable[] =>
    set.map((values) => tf.variable(tf.tensor1d(values.slice())));
  const read = (set: readonly tf.Variable[]): Float32Array[] =>
    set.map((variable) => variable.dataSync<'float32'>().slice());
  const rows = start.parameters.map((values, i) =>
    tf.variable(tf.tensor1d(values.slice()), true, `${name}-${i + 1}`),
  );
  const [first, second] = [held(start.firstMoments), held(start.secondMoments)];
  const averages = held(start.averages);
  return {
    rows,
    step: (gradients, course) =>
      rows.forEach((row, i) => applyAdam(row, [first[i], second[i]], gradients[row.name], course)),
    average: (decay) => rows.forEach((row, i) => updateAverage(averages[i], row, decay)),
    snapshot: () => ({
      parameters: read(rows),
      averages: read(averages),
      firstMoments: read(first),
      secondMoments: read(second),
    }),
    dispose: () => tf.dispose([...rows, ...averages, ...first, ...second]),
  };
}

/** Adam (Kingma and Ba 2015), with its moments in our hands so that a checkpoint holds them. */
export function applyAdam(
  p: tf.Variable,
  [m, v]: readonly [first: tf.Variable, second: tf.Variable],
  g: tf.Tensor,
  {rate, step}: AdamCourse,
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
