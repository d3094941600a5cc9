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
          text: `epoch ${epoch + 1}, loss ${loss.toFixed(3)}, training accuracy ${(100 * accuracy).toFixed(1)} %`,
        }),
      onEpoch: ({epoch, validationAccuracy, efficiency, seconds}) =>
        onProgress({
          kind: 'note',
          text:
            `epoch ${epoch}: validation ${(100 * validationAccuracy).toFixed(1)} % as printed, ` +
            `efficiency ${(100 * efficiency).toFixed(2)} %, ${seconds} s`,
        }),
    }),
);
