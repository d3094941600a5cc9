import {createRandom} from '../../base/random.ts';
import type {Probe} from '../../contract/illumination.ts';
import {thinPlates} from '../../contract/plate-optics.ts';
import {fitPrints} from '../../twin/alignment/fit-prints.ts';
import type {MeasuredPlane} from '../../twin/alignment/measured-plane.ts';
import {createHeightSmoothing, type PrintCorrelation} from '../../twin/alignment/height-smoothing.ts';
import {createObjective} from '../../twin/alignment/objective.ts';
import {createPrintHeights, type PrintHeights} from '../../twin/alignment/print-heights.ts';
import {withPlateOptics, type AlignmentEngine} from '../../twin/alignment/problem.ts';
import {compareHeights, type HeightResolution} from '../../twin/calibration/height-resolution.ts';
import type {Design} from '../../twin/design/load.ts';
import {alignmentSpecOf} from '../alignment/align-planes.ts';
import {createAlignmentPool} from '../optics/alignment-pool.ts';
import type {AlignedBench} from '../placements/aligned-bench.ts';

/** Measured planes, and the bench that explains them but for the heights of its prints. */
export interface HeightsProblem {
  readonly design: Design;
  readonly probe: Probe;
  readonly planes: readonly MeasuredPlane[];
  readonly bench: Omit<AlignedBench, 'prints'>;
  /** Standard deviation of a pixel's height error as far as it is known, mm. */
  readonly sigmaMm: number;
  /** How far errors of a print hang together, as the roughness of a bench file says; 0 for independent pixels. */
  readonly correlationMm: number;
}

/** Height errors of the plates that were found, place after place, with how well such planes show them. */
export interface FoundHeights {
  readonly valuesMm: Float32Array;
  readonly rmsMm: number;
  /** By place; null where it was not asked for. */
  readonly resolutions: readonly HeightResolution[] | null;
}

export interface HeightsHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((doneRatio: number, text: string) => void) | undefined;
  readonly workerCount?: number | undefined;
}

/**
 * Fits the heights of the prints to planes, everything else where it was found. How well they are known is found by the
 * same fit to planes that are simulated with heights of the same size, which are known then, and the noise of the readings.
 */
export async function fitHeights(
  {design, probe, planes, bench, sigmaMm, correlationMm}: HeightsProblem,
  {isJudged}: {readonly isJudged: boolean},
  {signal, onProgress, workerCount}: HeightsHooks = {},
): Promise<FoundHeights> {
  await using threads = createAlignmentPool(alignmentSpecOf({design, probe, method: bench.method, planes}), {
    ...(workerCount === undefined ? {} : {workerCount}),
    signal,
  });
  // As the alignment took the plates for, thin or thick.
  const pool = withPlateOptics(threads, bench.plateOptics ?? thinPlates);
  const share = isJudged ? 0.5 : 1;
  const [{grid: plateGrid}] = design.layers;
  const correlation = correlationMm > 0 ? {correlationMm, grid: plateGrid} : undefined;
  const fit = (own: readonly MeasuredPlane[], from: number, text: string) =>
    fitTo(pool, own, bench, {
      ...{sigmaMm, correlation},
      signal,
      onProgress: (done) => onProgress?.(from + share * done, text),
    });
  const found = await fit(planes, 0, 'heights of the prints');
  const {prints, rmsMm} = found;
  if (!isJudged) return {valuesMm: prints.valuesMm, rmsMm, resolutions: null};
  const known = drawHeights(pool.heightCount, sigmaMm, correlation);
  const simulated = await simulate(pool, planes, bench, {prints: known, gains: found.gains});
  const again = await fit(simulated, 0.5, 'how well these planes show heights');
  let first = 0;
  const resolutions = design.layers.map(({grid}) => {
    const end = first + grid.count ** 2;
    const own = compareHeights(
      grid,
      known.valuesMm.subarray(first, end),
      again.prints.valuesMm.subarray(first, end),
    );
    first = end;
    return own;
  });
  return {valuesMm: prints.valuesMm, rmsMm, resolutions};
}

/** Heights go on being found long after other objects are foretold well. */
const effort = {maximumIterations: 60, relativeTolerance: 0.001} as const;

async function fitTo(
  engine: AlignmentEngine,
  planes: readonly MeasuredPlane[],
  {state, arrangement}: Pick<AlignedBench, 'state' | 'arrangement'>,
  options: {
    readonly sigmaMm: number;
    readonly correlation: PrintCorrelation | undefined;
    readonly signal: AbortSignal | undefined;
    readonly onProgress: (doneRatio: number) => void;
  },
) {
  const values = await engine.evaluate(
    planes.map((_, plane) => ({state, parameters: [], plane, grain: 'fine', arrangement})),
  );
  const objective = createObjective(planes, {kind: 'likelihood'});
  const weighting = objective.weigh(values, 0);
  const gains = planes.map((_, plane) => objective.assemble(plane, values[plane], weighting).gain);
  const fit = await fitPrints(engine, planes, {state, values, gains}, {...options, effort, arrangement});
  return {...fit, gains};
}

/** Height errors as the prior has them, always the same. */
function drawHeights(
  count: number,
  sigmaMm: number,
  correlation: PrintCorrelation | undefined,
): PrintHeights {
  const random = createRandom('known heights');
  const independent = Float64Array.from({length: count}, () => sigmaMm * random.normal());
  return createPrintHeights(
    correlation ? createHeightSmoothing(correlation).apply(independent) : independent,
  );
}

/** The same planes as they would be with heights that are known, with the readings' noise. */
async function simulate(
  engine: AlignmentEngine,
  planes: readonly MeasuredPlane[],
  {state, arrangement}: Pick<AlignedBench, 'state' | 'arrangement'>,
  {prints, gains}: {readonly prints: PrintHeights; readonly gains: readonly number[]},
): Promise<MeasuredPlane[]> {
  const values = await engine.evaluate(
    planes.map((_, plane) => ({state, parameters: [], plane, grain: 'fine', arrangement, prints})),
  );
  const random = createRandom('noise of simulated planes');
  return planes.map((plane, i) => ({
    ...plane,
    values: values[i].power.map((power, k) => gains[i] * power + plane.sigma[k] * random.normal()),
  }));
}
