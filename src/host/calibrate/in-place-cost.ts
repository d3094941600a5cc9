import type {InPlaceOrder} from '../../contract/reprint.ts';
import {sFromMs} from '../../contract/units.ts';
import {devicesByRole} from '../bench/bench-engine.ts';
import type {OpenBench} from '../bench/open-bench.ts';
import {beamOver} from '../campaign/walk-campaign.ts';
import {assertWithinLimits, dryRunInTurns, type DryRun} from '../engine/dry-run.ts';
import {measuringOn} from '../guide/step-context.ts';
import {inPlace, type InPlaceOptimizer} from '../plans/in-place.ts';
import {scanRegionsOf} from './in-place-rules.ts';
import type {RecordedBench} from './recorded-bench.ts';

/** What a plate takes that is learnt on a bench, and how its regions are read. */
type Asked = Pick<InPlaceOrder, 'pointsPerSide'> & {
  readonly settings: Pick<InPlaceOrder['settings'], 'steps' | 'batchSize' | 'judgedCount'>;
};

/** Plates that are put in, objects that are measured behind them and points that are read, those that judge included. */
interface InPlaceCost {
  readonly exchangeCount: number;
  readonly objectCount: number;
  readonly pointCount: number;
}

/** What learning a plate takes: a plate a step and the last one, objects of each step, and those that judge twice. */
export function inPlaceCost(
  {bench: {design}}: RecordedBench,
  {settings: {steps, batchSize, judgedCount}, pointsPerSide}: Asked,
): InPlaceCost {
  const objectCount = steps * batchSize + 2 * judgedCount;
  return {
    exchangeCount: steps + 1,
    objectCount,
    pointCount: objectCount * design.file.detector.regions.length * pointsPerSide ** 2,
  };
}

/** Shows nothing and learns nothing: for the time of moving and reading alone. */
const idle: InPlaceOptimizer = {
  stepCount: 0,
  doneCount: 0,
  next: () => ({heightsMm: new Float32Array(), objects: []}),
  learn: () => Promise.resolve(),
  lastHeights: () => new Float32Array(),
  keepBefore: () => Promise.resolve(),
};

/**
 * How long moving and reading take, s of bench time: what comes before the first object, and one object after the other,
 * for each is read at the same points. Throws `motion/limit` where a region lies beyond the limits.
 */
export async function inPlaceSeconds(
  bench: OpenBench,
  recorded: RecordedBench,
  asked: Asked & {readonly plate: number},
  signal?: AbortSignal,
): Promise<number> {
  const {design, state} = recorded.bench;
  const {grid} = design.layers[asked.plate - 1];
  const mask = {label: 'object', grid, amplitude: new Float32Array()};
  const {count, pitchMm} = design.file.grid;
  const walk = (objectCount: number): Promise<DryRun> =>
    dryRunInTurns(
      inPlace({
        ...measuringOn({bench, design}, 'a plate learnt in place'),
        ...{plate: asked.plate, plateGrid: grid, pointsPerSide: asked.pointsPerSide, optimizer: idle},
        regions: scanRegionsOf(design.file.detector.regions, state.frame),
        judged: Array.from({length: objectCount}, () => mask),
      }),
      {
        devices: devicesByRole(bench),
        speed: bench.clock.speed,
        simulateSignal: beamOver(count * pitchMm),
        signal,
      },
    );
  const [one, two] = [await walk(1), await walk(2)];
  assertWithinLimits(two);
  // Each is measured before and after.
  const objectMs = (two.durationMs - one.durationMs) / 2;
  const {objectCount} = inPlaceCost(recorded, asked);
  return sFromMs(one.durationMs + (objectCount - 2) * objectMs);
}
