import type {Illumination, Probe} from '../../contract/illumination.ts';
import type {ComplexPlane} from '../../contract/optics.ts';
import {thinPlates, type PlateOptics} from '../../contract/plate-optics.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {isAsDesigned, type Arrangement} from '../../twin/alignment/arrangement.ts';
import {chooseParameters, designedState} from '../../twin/alignment/defaults.ts';
import type {MeasuredPlane} from '../../twin/alignment/measured-plane.ts';
import type {Parameter} from '../../twin/alignment/parameters.ts';
import {
  expectPlane,
  weighPlane,
  withHeights,
  type ExpectedNoise,
  type PlaneInformation,
} from '../../twin/alignment/plane-information.ts';
import type {BenchState} from '../../twin/alignment/state.ts';
import {modelFrom, type Design} from '../../twin/design/load.ts';
import {createAlignmentPool} from '../optics/alignment-pool.ts';

/** The bench that planes are to be measured on. */
export interface ProbeBench {
  readonly design: Design;
  /** As it is known before. */
  readonly illumination: Illumination;
  readonly probe: Probe;
  /** How an alignment found it; as designed without one. */
  readonly found?:
    | {
        readonly state: BenchState;
        readonly arrangement: Arrangement;
        readonly method: 'rs' | 'asm';
        readonly plateOptics?: PlateOptics | undefined;
      }
    | undefined;
  /** See `chooseParameters`. */
  readonly free?: readonly string[] | undefined;
}

/** Places of a scan, mm, in the scan's own frame. */
export interface ScanPlaces {
  readonly xMm: Float64Array;
  readonly yMm: Float64Array;
}

/** What is expected of the planes: noise of the readings, and the part of the field that the model will lack. */
export interface Expectation extends ExpectedNoise {
  readonly unexplainedRatio: number;
}

/** Objects and scans to choose among, and the planes that were measured already. */
export interface ProbePlanes {
  readonly objects: readonly ComplexPlane[];
  readonly scans: readonly ScanPlaces[];
  readonly measured: readonly MeasuredPlane[];
}

export interface InformationOptions {
  readonly signal?: AbortSignal | undefined;
  readonly workerCount?: number | undefined;
  /** Called as each plane is done. */
  readonly onPlane?: (() => void) | undefined;
}

/** Computes what planes would add to an alignment, on threads of its own. */
export interface InformationSource extends AsyncDisposable {
  readonly parameters: readonly Parameter[];
  /** For each object, what each scan would tell: out[object][scan]. */
  ofObjects(
    objects: readonly number[],
    scans: readonly number[],
    expected: Expectation,
  ): Promise<PlaneInformation[][]>;
  /** What planes that were measured already tell. */
  ofMeasured(unexplainedRatio: number): Promise<PlaneInformation[]>;
}

/**
 * Prepares what every object would tell under every scan. Derivatives are those of the coarse grid, whose standard
 * deviations are those of the fine one to a few per cent, in a third of the time.
 */
export function createInformationSource(
  bench: ProbeBench,
  given: ProbePlanes,
  {signal, workerCount, onPlane}: InformationOptions = {},
): InformationSource {
  const {measured, objects, scans} = given;
  const model = modelFrom(bench.design);
  const parameters = chooseParameters(
    bench.free ?? [],
    designedState(model.plates, bench.illumination),
    model.plates.map(() => true),
  );
  const all = joinScans(scans);
  const evaluator = createPlaneEvaluator(bench, {...given, all, parameters}, {signal, workerCount});
  const {evaluate, vjp} = evaluator;
  /** Of one object under one scan, from its values at the places of all scans. */
  const ofScan = async (
    object: number,
    {power, derivatives}: PlaneValues,
    scan: number,
    {unexplainedRatio, ...noise}: Expectation,
  ): Promise<PlaneInformation> => {
    const {xMm, yMm} = scans[scan];
    const from = all.starts[scan];
    const own = {
      power: power.slice(from, from + xMm.length),
      derivatives: derivatives.map((column) => column.slice(from, from + xMm.length)),
    };
    const plane = expectPlane({xMm, yMm, object: objects[object]}, own, noise);
    const weighed = weighPlane(plane, own, parameters, unexplainedRatio);
    // Where another scan measures, this one does not.
    const spread = weighed.weights.map((weights) => {
      const out = new Float64Array(all.xMm.length);
      out.set(weights, from);
      return out;
    });
    const information = withHeights(weighed, await vjp(object, spread));
    onPlane?.();
    return information;
  };

  return {
    parameters,
    ofObjects: (wanted, scanIndices, expected) =>
      Promise.all(
        wanted.map(async (object) => {
          const values = await evaluate(object);
          return await Promise.all(scanIndices.map((scan) => ofScan(object, values, scan, expected)));
        }),
      ),
    ofMeasured: (unexplainedRatio) =>
      Promise.all(
        measured.map(async (plane, i) => {
          const place = objects.length + i;
          const weighed = weighPlane(plane, await evaluate(place), parameters, unexplainedRatio);
          const information = withHeights(weighed, await vjp(place, weighed.weights));
          onPlane?.();
          return information;
        }),
      ),
    [Symbol.asyncDispose]: () => evaluator[Symbol.asyncDispose](),
  };
}

type PlaneValues = Parameters<typeof weighPlane>[1];

/** The twin of the bench on threads: planes are counted through, first the objects, then what was measured. */
function createPlaneEvaluator(
  {design, illumination, probe, found}: ProbeBench,
  {
    objects,
    measured,
    all,
    parameters,
  }: ProbePlanes & {readonly all: ScanPlaces; readonly parameters: readonly Parameter[]},
  {signal, workerCount}: Pick<InformationOptions, 'signal' | 'workerCount'>,
) {
  const model = modelFrom(design);
  const state = found?.state ?? designedState(model.plates, illumination);
  const arrangement = found && !isAsDesigned(found.arrangement) ? found.arrangement : undefined;
  const pool = createAlignmentPool(
    {
      stack: {
        wavelengthMm: wavelengthMmFromHz(design.file.frequencyHz),
        grid: model.grid,
        method: found?.method ?? 'rs',
        plates: model.plates,
        plateOptics: found ? (found.plateOptics ?? thinPlates) : model.plateOptics,
        outputZMm: model.outputZMm,
        probe,
      },
      settings: [
        ...objects.map((object) => ({object, xMm: all.xMm, yMm: all.yMm})),
        ...measured.map(({object, xMm, yMm, present}) => ({object, xMm, yMm, present})),
      ],
    },
    {signal, ...(workerCount === undefined ? {} : {workerCount})},
  );
  return {
    evaluate: async (plane: number): Promise<PlaneValues> =>
      (await pool.evaluate([{state, parameters, plane, grain: 'coarse', arrangement}]))[0],
    vjp: async (plane: number, weights: readonly Float64Array[]): Promise<readonly Float32Array[]> =>
      weights.length === 0
        ? []
        : (await pool.vjpHeights([{state, plane, grain: 'coarse', arrangement, weights}]))[0],
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

function joinScans(scans: readonly ScanPlaces[]): ScanPlaces & {readonly starts: readonly number[]} {
  const starts: number[] = [];
  let count = 0;
  for (const {xMm} of scans) {
    starts.push(count);
    count += xMm.length;
  }
  const [allX, allY] = [new Float64Array(count), new Float64Array(count)];
  scans.forEach(({xMm, yMm}, i) => {
    allX.set(xMm, starts[i]);
    allY.set(yMm, starts[i]);
  });
  return {xMm: allX, yMm: allY, starts};
}
