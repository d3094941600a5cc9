import {expect, test} from 'vitest';
import {trainingCurvesFrom} from '../../../src/renderer/features/design/training-curves.ts';

const epoch = (validationAccuracy: number, meanMargin: number) => ({
  trainingLoss: 1,
  trainingAccuracy: 0.5,
  validationAccuracy,
  meanMargin,
  efficiency: 0.02,
  seconds: 10,
});
const curve = [epoch(0.9, 0.1), epoch(0.92, 0.08), epoch(0.92, 0.12), epoch(0.91, 0.2)];

test('the plates of a training that ends early are those of its best epoch, of others those of the last one', () => {
  expect(trainingCurvesFrom({settings: {stopAfterEpochs: 2}, curve})?.designAt).toBe(2);
  expect(trainingCurvesFrom({settings: {stopAfterEpochs: 0}, curve})?.designAt).toBe(3);
  // Epochs of an earlier stage are not its plates, however good they were.
  const startedFrom = {curve: [epoch(0.99, 0.3)]};
  expect(trainingCurvesFrom({settings: {stopAfterEpochs: 2}, curve, startedFrom})?.designAt).toBe(3);
  expect(trainingCurvesFrom({curve})?.designAt).toBe(3);
});

test('trainings on pictures are told from those on classes', () => {
  expect(trainingCurvesFrom({settings: {task: 'imaging'}, curve})?.isOfPictures).toBe(true);
  expect(trainingCurvesFrom({settings: {task: 'digits'}, curve})?.isOfPictures).toBe(false);
});
