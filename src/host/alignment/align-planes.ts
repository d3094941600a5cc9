import {wavelengthMmFromHz} from '../../contract/units.ts';
import type {Illumination, Probe} from '../../contract/illumination.ts';
import {alignBench, type AlignmentOutcome, type AlignOptions} from '../../twin/alignment/align.ts';
import {chooseParameters, designedState} from '../../twin/alignment/defaults.ts';
import {assertMeasuredPlanes, type MeasuredPlane} from '../../twin/alignment/measured-plane.ts';
import {modelFrom, type Design} from '../../twin/design/load.ts';
import type {Parameter} from '../../twin/alignment/parameters.ts';
import type {BenchState} from '../../twin/alignment/state.ts';
import type {AlignmentEngine} from '../../twin/alignment/problem.ts';
import {createAlignmentPool} from '../optics/alignment-pool.ts';
import type {AlignmentSpec} from '../optics/alignment-protocol.ts';

export interface PlanesToAlign {
  readonly design: Design;
  /** As it is known before. */
  readonly illumination: Illumination;
  readonly probe: Probe;
  readonly method?: 'rs' | 'asm';
  readonly planes: readonly MeasuredPlane[];
}

export interface AlignRequest extends AlignOptions {
  /** See `chooseParameters`. */
  readonly free?: readonly string[];
  /** Where the search begins, for a bench of which something is known; everything as designed without it. */
  readonly start?: BenchState | undefined;
  /** What may turn and what is known of it, instead of `free`. */
  readonly parameters?: readonly Parameter[] | undefined;
  readonly workerCount?: number | undefined;
  /** Computes these planes for something else too; threads of its own without it. */
  readonly engine?: AlignmentEngine | undefined;
}

/** Aligns measured planes of a design on threads; see `alignBench`. */
export async function alignPlanes(
  {design, illumination, probe, method = 'rs', planes}: PlanesToAlign,
  {free = [], workerCount, engine, start: from, parameters: given, ...options}: AlignRequest = {},
): Promise<AlignmentOutcome> {
  assertMeasuredPlanes(planes);
  const model = modelFrom(design);
  const start = from ?? designedState(model.plates, illumination);
  // A plate counts as there when it stood in the bench for any of the planes.
  const present = model.plates.map((_, i) => planes.some((plane) => plane.present?.[i] ?? true));
  const parameters = given ?? chooseParameters(free, start, present);
  const problem = {planes, parameters, start};
  const tilts = given === undefined && free.length === 0 ? 'as-shown' : 'as-given';
  const own: AlignOptions = {tilts, ...options};
  if (engine) return await alignBench(engine, problem, design.file, own);
  await using pool = createAlignmentPool(alignmentSpecOf({design, probe, method, planes}), {
    ...(workerCount === undefined ? {} : {workerCount}),
    signal: options.signal,
  });
  return await alignBench(pool, problem, design.file, own);
}

/** What the threads that compute planes of an alignment have to know. */
export function alignmentSpecOf({
  design,
  probe,
  method = 'rs',
  planes,
}: Omit<PlanesToAlign, 'illumination'>): AlignmentSpec {
  const model = modelFrom(design);
  return {
    stack: {
      wavelengthMm: wavelengthMmFromHz(design.file.frequencyHz),
      grid: model.grid,
      method,
      plates: model.plates,
      plateOptics: model.plateOptics,
      outputZMm: model.outputZMm,
      probe,
    },
    settings: planes.map(({object, xMm, yMm, present}) => ({object, xMm, yMm, present})),
  };
}
