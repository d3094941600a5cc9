import {fixedText, percentText} from '../../base/number-format.ts';
import type {TrainingCurvePoint} from '../../contract/training.ts';
import {serveOnce} from '../threads/serve-once.ts';
import type {TrainingNews, TrainingRequest} from './train-apart.ts';
import {trainDesign} from './train-design.ts';

// Entry of the thread that trains one design for `trainApart`; it leads the threads that compute.
await serveOnce<TrainingRequest, TrainingCurvePoint[], TrainingNews>(
  ({settings, ...request}, {signal, onProgress}) =>
    trainDesign(settings, {
      ...request,
      signal,
      onBackend: (text) => onProgress({kind: 'note', text}),
      onProgress: ({step, stepCount, epoch, loss, accuracy}) =>
        onProgress({
          kind: 'steps',
          done: step,
          total: stepCount,
          text: `epoch ${epoch + 1}, loss ${fixedText(loss, 3)}, training accuracy ${percentText(accuracy, 1)}`,
        }),
      onEpoch: ({epoch, validationAccuracy, efficiency, seconds}) =>
        onProgress({
          kind: 'note',
          text:
            `epoch ${epoch}: validation ${percentText(validationAccuracy, 1)} as printed, ` +
            `efficiency ${percentText(efficiency, 2)}, ${seconds} s`,
        }),
    }),
);
