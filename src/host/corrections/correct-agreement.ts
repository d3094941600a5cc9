import {countOf} from '../../base/count-text.ts';
import {createRandom, type Random} from '../../base/random.ts';
import type {AlignmentResult} from '../../contract/alignment.ts';
import type {CampaignDigitResult, CampaignResult} from '../../contract/campaign-result.ts';
import type {
  ChangedFigure,
  CorrectionComparison,
  Displacement,
  Figure,
  PlateMove,
} from '../../contract/correction.ts';
import {computeRate} from '../../twin/metrics/index.ts';

const drawCount = 2000;
/** A mean of fewer planes than these has no interval. */
const fewestPlanes = 3;
const undefinedFigure: Figure = {value: null, low: null, high: null};

/**
 * How the same objects agree with the design before and after a correction: the campaigns' own figures against the
 * design with its plates where they belong and the scan's frame registered, which is what a corrected bench is to be.
 * Intervals (95 %) of means by bootstrap over the objects, paired for the change; of the match by Wilson.
 */
export function compareCampaigns(before: CampaignResult, after: CampaignResult): CorrectionComparison {
  const pairs = before.digits.flatMap((one): [CampaignDigitResult, CampaignDigitResult][] => {
    const other = after.digits.find(({sample}) => sample === one.sample);
    return other ? [[one, other]] : [];
  });
  const count = pairs.length;
  const random = createRandom(`correction ${pairs.map(([{sample}]) => sample).join(' ')}`);
  const changed = (of: (digit: CampaignDigitResult) => number | null): ChangedFigure =>
    changeOfMeans(
      pairs.map(([one, other]) => [of(one), of(other)] as const),
      random,
    );
  return {
    planeCount: count,
    correlation: changed(({registered}) => registered.pearson),
    shareError: changed(({registered}) => registered.shareError),
    match: changeOfRates(
      pairs.map(([one, other]) => [isMatch(one), isMatch(other)] as const),
      random,
    ),
    text:
      count < fewestPlanes
        ? `${countOf(count, 'plane is', 'planes are')} too few to say how sure the means are.`
        : `95 % intervals: of means by bootstrap over ${countOf(count, 'object')} (of the change, object by object), of the match by Wilson.`,
  };
}

/** Null for an object that could not be scored in one of the two. */
const isMatch = ({measured, registered}: CampaignDigitResult): boolean | null =>
  measured.shares === null || registered.winner === null
    ? null
    : measured.verdict === 'decided' && measured.winner === registered.winner;

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function changeOfMeans(
  pairs: readonly (readonly [number | null, number | null])[],
  random: Random,
): ChangedFigure {
  const known = pairs.filter(
    (pair): pair is readonly [number, number] => pair[0] !== null && pair[1] !== null,
  );
  // Where the figure of an object is missing on one side, the two means would be over different planes.
  if (known.length === 0 || known.length < pairs.length)
    return {before: undefinedFigure, after: undefinedFigure, change: undefinedFigure};
  const draws: [number, number][] = [];
  for (let draw = 0; draw < drawCount; draw++) {
    const own = known.map(() => known[random.integer(known.length)]);
    draws.push([meanOf(own.map(([one]) => one)), meanOf(own.map(([, other]) => other))]);
  }
  const figure = (value: (pair: readonly [number, number]) => number): Figure => {
    const isTooFew = known.length < fewestPlanes;
    const sorted = draws.map(value).sort((a, b) => a - b);
    return {
      value: meanOf(known.map(value)),
      low: isTooFew ? null : sorted[Math.floor(0.025 * drawCount)],
      high: isTooFew ? null : sorted[Math.ceil(0.975 * drawCount) - 1],
    };
  };
  return {
    before: figure(([one]) => one),
    after: figure(([, other]) => other),
    change: figure(([one, other]) => other - one),
  };
}

function changeOfRates(
  pairs: readonly (readonly [boolean | null, boolean | null])[],
  random: Random,
): ChangedFigure {
  const known = pairs.filter(
    (pair): pair is readonly [boolean, boolean] => pair[0] !== null && pair[1] !== null,
  );
  if (known.length === 0) return {before: undefinedFigure, after: undefinedFigure, change: undefinedFigure};
  const rate = (of: (pair: readonly [boolean, boolean]) => boolean): Figure => {
    const {ratio, low, high} = computeRate(known.filter(of).length, known.length);
    return {value: ratio, low, high};
  };
  return {
    before: rate(([one]) => one),
    after: rate(([, other]) => other),
    change: changeOfMeans(
      known.map(([one, other]) => [Number(one), Number(other)] as const),
      random,
    ).change,
  };
}

/** How far the plates stand from the design on the axes that were to be moved, as an alignment finds it. */
export function displacementOf(
  {parameters}: Pick<AlignmentResult, 'parameters'>,
  moves: readonly PlateMove[],
): Displacement {
  const rms = (suffixes: readonly string[], axes: readonly string[]): number | null => {
    const values = moves.flatMap(({plate, axes: moved}) =>
      suffixes.flatMap((suffix, i) => {
        if (!moved.some(({axis}) => axis === axes[i])) return [];
        const found = parameters.find(({name}) => name === `plate${plate}.${suffix}`);
        return found ? [found.value] : [];
      }),
    );
    return values.length === 0 ? null : Math.sqrt(meanOf(values.map((value) => value ** 2)));
  };
  return {
    lateralMm: rms(['dx', 'dy'], ['dxMm', 'dyMm']),
    axialMm: rms(['dz'], ['dzMm']),
    rotationDeg: rms(['rotation'], ['rotationDeg']),
  };
}
