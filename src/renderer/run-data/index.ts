/** Runs as pages look at them: their points, followed and kept, and what one does with a run. */
export {PointRing, type PointColumns} from './point-ring.ts';
export {impliedQuantities, quantitiesOf, quantityOf, type Quantity} from './quantities.ts';
export {frameOfStart, RunPoints, type RegionSum} from './run-points.ts';
export {readingStatusOf, useReadingStatus, type ReadingStatus} from './reading-status.ts';
export {useStagePosition} from './use-stage-position.ts';
export {usePointsVersion, useRunPoints, type RunView} from './use-run-points.ts';
export {AgainButton, ResumeButton, useMeasureRefusal, wasCutOff} from './ResumeRun.tsx';
export {isLive, runStateLabels, useIsRunLive, useRunActs, type RunActs} from './run-acts.ts';
export {useComputations, type ComputationsView} from './use-computations.ts';
export {useStudy, type StudyView} from './use-study.ts';
