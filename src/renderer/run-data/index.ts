/** Runs as pages look at them: their points, followed and kept, and what one does with a run. */
export {PointRing, type PointColumns} from './point-ring.ts';
export {quantities, quantityWords, type Quantity} from './quantities.ts';
export {frameOfStart, RunPoints, type RegionSum} from './run-points.ts';
export {standingOf, useStanding, type Standing} from './standing.ts';
export {useStagePlace} from './use-stage-place.ts';
export {usePointsVersion, useRunPoints, type RunView} from './use-run-points.ts';
export {isLive, runStateWords, useIsRunLive, useRunActs, type RunActs} from './run-acts.ts';
