import {newEpoch, type RunningEpoch} from '../../contract/stored/file-records.ts';
import type {TrainingCurvePoint} from '../../contract/training.ts';
import type {TrainingProgress} from '../../twin/training/train.ts';
import type {StoredTraining} from './checkpoint-store.ts';

/** What the images kept from training say of the plates. */
export type Validation = Pick<
  TrainingCurvePoint,
  'validationAccuracy' | 'efficiency' | 'meanMargin' | 'psnrDb' | 'pearson' | 'behindPearson'
>;

/** The curve of a training: a point an epoch, of what was reported in it. */
export function createCurve(resumed: StoredTraining | undefined) {
  const points: TrainingCurvePoint[] = [...(resumed?.curve ?? [])];
  let running = resumed?.sinceEpoch ?? newEpoch;
  let startedMs = performance.now();
  const seconds = (): number => running.seconds + (performance.now() - startedMs) / 1000;
  return {
    points: points as readonly TrainingCurvePoint[],
    /** What is known of the epoch under way. */
    sinceEpoch: (): RunningEpoch => ({...running, seconds: seconds()}),
    addReport({loss, accuracy}: Pick<TrainingProgress, 'loss' | 'accuracy'>): void {
      running = {
        ...running,
        lossSum: running.lossSum + loss,
        accuracySum: running.accuracySum + accuracy,
        reportCount: running.reportCount + 1,
      };
    },
    endEpoch(epoch: number, validation: Validation): TrainingCurvePoint {
      const {lossSum, accuracySum, reportCount} = running;
      const point: TrainingCurvePoint = {
        epoch,
        trainingLoss: lossSum / reportCount,
        trainingAccuracy: accuracySum / reportCount,
        ...validation,
        seconds: Math.round(seconds()),
      };
      [running, startedMs] = [newEpoch, performance.now()];
      points.push(point);
      return point;
    },
  };
}
