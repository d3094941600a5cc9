import {createRandom, type Random} from '../../base/random.ts';
import {planeCountOf, type DetectorClasses} from '../../contract/read-out.ts';
import {drawnWeight, type DenseLayers} from './dense-layers.ts';
import {sizesOf, type DenseSizes} from './read-out-parameters.ts';

/** The energies, by their index, that speak for a class and against it. */
export interface ClassEnergies {
  readonly positive: readonly number[];
  /** Empty where classes are told by their shares alone. */
  readonly negative: readonly number[];
}

/** What speaks for each class of a detector and against it; of one with a dense read-out as if each region were a class. */
export function classEnergiesOf(detector: DetectorClasses): ClassEnergies[] {
  const {regions, readOut} = detector;
  if (readOut?.kind === 'differential')
    return readOut.classes.map(({positive, negative}) => ({positive: [positive], negative: [negative]}));
  return regions.map((_, k) => ({
    positive: Array.from({length: planeCountOf(detector)}, (_value, plane) => plane * regions.length + k),
    negative: [],
  }));
}

/**
 * Layers on shares that decide as the plates' own detection does, as nearly as `sizes` allow; units that are not needed
 * for it are drawn by the seed and have no say yet. Logits of shares are `logitScale` times the shares, exactly.
 * Differential scores d = (e+ - e-) / (e+ + e-) order classes as ln e+ - ln e- = 2 artanh d does, and that is what is made of
 * straight pieces, as many as there are units for each energy; logits are `logitScale` / 4 times it, since it goes on where d
 * comes to its end. Layers behind the
 * first pass scores on. With fewer units than that takes, all weights are drawn by the seed.
 */
export function startLayers(
  classes: readonly ClassEnergies[],
  sizes: DenseSizes,
  {logitScale, seed}: {readonly logitScale: number; readonly seed: number},
): DenseLayers {
  const random = createRandom(`${seed}/read-out`);
  const decided = decidingLayers(classes, sizes, logitScale);
  return decided === undefined ? drawnLayers(sizes, random) : widenLayers(decided, sizes, random);
}

/**
 * The same function with more units in hidden layers, whose weights are drawn while nothing listens to them yet. Throws
 * `RangeError` for sizes that have fewer, or another number of layers, inputs or classes.
 */
export function widenLayers(layers: DenseLayers, sizes: DenseSizes, random: Random): DenseLayers {
  if (!canWiden(sizesOf(layers), sizes))
    throw new RangeError('A read-out can only be widened within its hidden layers.');
  return layers.map(({weights, bias}, i) => {
    const units = Array.from({length: sizes[i + 1]}, (_, j): DenseUnit => {
      if (j >= bias.length) return drawnUnit(random, sizes[i], i === 0);
      return {weights: filled(weights[j], sizes[i]), bias: bias[j]};
    });
    return layerOf(units);
  });
}

/** Whether a read-out of some sizes can become one of others by more units in its hidden layers. */
export const canWiden = (from: DenseSizes, to: DenseSizes): boolean =>
  from.length === to.length &&
  from[0] === to[0] &&
  from.at(-1) === to.at(-1) &&
  from.every((size, i) => size <= to[i]);

interface DenseUnit {
  readonly weights: number[];
  readonly bias: number;
}

const layerOf = (units: readonly DenseUnit[]): DenseLayers[number] => ({
  weights: units.map(({weights}) => weights),
  bias: units.map(({bias}) => bias),
});

const filled = (weights: readonly number[], count: number): number[] =>
  Array.from({length: count}, (_, k) => weights[k] ?? 0);

/** A unit of drawn weights; one on shares takes them as n * share - 1. */
function drawnUnit(random: Random, inputCount: number, isOnShares: boolean): DenseUnit {
  const weights = Array.from({length: inputCount}, () => drawnWeight(random, inputCount));
  if (!isOnShares) return {weights, bias: 0};
  return {
    weights: weights.map((weight) => weight * inputCount),
    bias: -weights.reduce((sum, weight) => sum + weight, 0),
  };
}

const drawnLayers = (sizes: DenseSizes, random: Random): DenseLayers =>
  sizes
    .slice(1)
    .map((count, i) => layerOf(Array.from({length: count}, () => drawnUnit(random, sizes[i], i === 0))));

/** Scores that pass through a layer are lifted by this much, so that max(0, x) leaves them. */
const lift = 8;
/** Times the mean share between which straight pieces follow the logarithm; beyond them the last ones go on. */
const followed = {from: 0.1, to: 4};

/** The smallest layers that decide so; undefined where `sizes` have fewer units. */
function decidingLayers(
  classes: readonly ClassEnergies[],
  sizes: DenseSizes,
  logitScale: number,
): DenseLayers | undefined {
  const [inputCount, ...rest] = sizes;
  const hidden = rest.slice(0, -1);
  const isDifferential = classes.some(({negative}) => negative.length > 0);
  // Logits of shares are logitScale times the share; the features are multiples of the mean share.
  const scale = isDifferential ? logitScale / 4 : logitScale / inputCount;
  const signsOf = ({positive, negative}: ClassEnergies): number[] =>
    Array.from({length: inputCount}, (_, i) =>
      positive.includes(i) ? 1 / positive.length : negative.includes(i) ? -1 / negative.length : 0,
    );
  const linear = (times: number): DenseUnit[] =>
    classes.map((one) => ({weights: signsOf(one).map((sign) => sign * times), bias: 0}));
  if (hidden.length === 0) return [layerOf(linear(scale * inputCount))];
  const pieceCount = isDifferential
    ? Math.min(mostPieces, Math.floor(hidden[0] / inputCount))
    : Math.min(1, Math.floor(hidden[0] / inputCount));
  const layers: DenseLayers[number][] = [];
  let scores: DenseUnit[];
  if (pieceCount === 0) {
    layers.push(layerOf(linear(inputCount).map((unit) => ({...unit, bias: lift}))));
    scores = identity(classes.length);
  } else {
    const pieces = isDifferential ? logPieces(pieceCount) : [{from: 0, slope: 1}];
    layers.push(layerOf(pieceUnits(pieces, inputCount)));
    scores = classes.map((one) => ({
      weights: signsOf(one).flatMap((sign) => pieces.map(({slope}) => sign * slope)),
      bias: 0,
    }));
  }
  for (let i = 1; i < hidden.length; i++) {
    layers.push(layerOf(scores.map((unit) => ({...unit, bias: i === 1 && pieceCount > 0 ? lift : 0}))));
    scores = identity(classes.length);
  }
  layers.push(
    layerOf(scores.map(({weights}) => ({weights: weights.map((weight) => weight * scale), bias: 0}))),
  );
  return canWiden(sizesOf(layers), sizes) ? layers : undefined;
}

const mostPieces = 4;

const identity = (count: number): DenseUnit[] =>
  Array.from({length: count}, (_, j) => ({
    weights: Array.from({length: count}, (_value, k) => (j === k ? 1 : 0)),
    bias: 0,
  }));

interface Piece {
  /** Times the mean share, from where on the slope is changed. */
  readonly from: number;
  /** Change of the slope. */
  readonly slope: number;
}

/** Chords of ln u over equal ratios of u; the first goes on to 0. */
function logPieces(count: number): Piece[] {
  const {from, to} = followed;
  const ends = Array.from({length: count + 1}, (_, j) => from * (to / from) ** (j / count));
  const slopes = ends.slice(1).map((end, j) => Math.log(end / ends[j]) / (end - ends[j]));
  return slopes.map((slope, j) => ({
    from: j === 0 ? 0 : ends[j],
    slope: j === 0 ? slope : slope - slopes[j - 1],
  }));
}

/** Units max(0, n * share - from) of every input, piece by piece. */
const pieceUnits = (pieces: readonly Piece[], inputCount: number): DenseUnit[] =>
  Array.from({length: inputCount}, (_, i) =>
    pieces.map(({from}) => ({
      weights: Array.from({length: inputCount}, (_value, k) => (k === i ? inputCount : 0)),
      bias: -from,
    })),
  ).flat();
