import type {Plan} from '../../contract/messages.ts';
import type {DarkLevel} from './dark-level.ts';
import type {RegionSpec} from './geometry.ts';
import {type GuideMeasuring, prepare, safely} from './guide.ts';
import {regionScan} from './regions.ts';
import type {ObjectMount} from './registration.ts';
import {addNote, askOperator, compute, reportProgress} from './steps.ts';

/** What the bench is to show next: a plate, and objects behind which it is measured. */
export interface InPlaceStep {
  readonly heightsMm: Float32Array;
  readonly objects: readonly ObjectMount[];
}

/** Energies of the regions behind each object, in the detector's unit times mm^2, without the dark level. */
export type MeasuredEnergies = readonly (readonly number[])[];

/** Says what is shown and learns from what was measured; the plan knows nothing of how. */
export interface InPlaceOptimizer {
  /** Steps altogether, and those that were done before. */
  readonly stepCount: number;
  readonly doneCount: number;
  next(): InPlaceStep;
  learn(energies: MeasuredEnergies, options: {readonly signal: AbortSignal}): Promise<void>;
  /** The plate as it is after the last step. */
  lastHeights(): Float32Array;
  /** Keeps what the objects that judge showed behind the plate of before; absent where that was measured already. */
  readonly keepBefore?: (energies: MeasuredEnergies) => Promise<void>;
}

export interface InPlaceOptions extends GuideMeasuring {
  /** Place of the plate that is exchanged, from 1, and the pixels of its relief. */
  readonly plate: number;
  readonly plateGrid: {readonly count: number; readonly pitchMm: number};
  /** In the frame of the scan. */
  readonly regions: readonly RegionSpec[];
  readonly pointsPerSide: number;
  /** Objects that judge the plate before and after. */
  readonly judged: readonly ObjectMount[];
  readonly optimizer: InPlaceOptimizer;
}

export interface InPlaceResult {
  /** Behind the last plate, of the objects that judge. */
  readonly after: MeasuredEnergies;
}

/**
 * One plate is learnt on the bench: in each step it is put in with other heights, the regions are measured behind some
 * objects, and what they say changes the heights. Source off and stage stopped in every ending.
 */
export const inPlace = (options: InPlaceOptions): Plan<InPlaceResult> =>
  safely(options, function* (): Plan<InPlaceResult> {
    const {judged, optimizer} = options;
    const {stepCount, doneCount, keepBefore} = optimizer;
    yield* askOperator({kind: 'mount-object', ...judged[0]});
    const {dark} = yield* prepare(options);
    const measure = (objects: readonly ObjectMount[]): Plan<MeasuredEnergies> =>
      measureObjects(options, dark, objects);
    if (keepBefore) {
      const before = yield* measure(judged);
      yield* compute('keeping what the plate of before shows', () => keepBefore(before));
    }
    for (let step = doneCount; step < stepCount; step++) {
      const {heightsMm, objects} = optimizer.next();
      yield* exchange(options, heightsMm);
      const energies = yield* measure(objects);
      yield* compute('the next heights', (call) => optimizer.learn(energies, call));
      yield* reportProgress('plates shown', step + 1, stepCount);
    }
    yield* exchange(options, optimizer.lastHeights());
    yield* addNote('The last plate stands in the bench.');
    return {after: yield* measure(judged)};
  });

const exchange = ({plate, plateGrid}: InPlaceOptions, heightsMm: Float32Array): Plan<void> =>
  askOperator({kind: 'exchange-plate', plate, grid: plateGrid, heightsMm});

function* measureObjects(
  {roles, dwell, metadata, regions, pointsPerSide}: InPlaceOptions,
  dark: DarkLevel,
  objects: readonly ObjectMount[],
): Plan<MeasuredEnergies> {
  const energies: (readonly number[])[] = [];
  for (const object of objects) {
    yield* askOperator({kind: 'mount-object', ...object});
    const read = yield* regionScan({
      ...{roles, dwell, regions, pointsPerSide, dark},
      metadata: {...metadata, sample: object.label},
    });
    energies.push(read.energies);
  }
  return energies;
}
