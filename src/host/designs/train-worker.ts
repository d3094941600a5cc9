import type {TrainingCurvePoint} from '../../contract/training.ts';
import {serveOnce} from '../threads/serve-once.ts';
import {createGpuPort} from '../gpu/gpu-port.ts';
import type {TrainingMessage, TrainingRequest} from './train-apart.ts';
import {trainDesign} from './train-design.ts';

// Entry of the thread that trains one design for `trainApart`; it leads the threads that compute.
await serveOnce<TrainingRequest, TrainingCurvePoint[], TrainingMessage>(
  ({settings, gpuName, ...request}, {signal, onProgress}) =>
    trainDesign(settings, {
      ...request,
      signal,
      gpu:
        gpuName === undefined
          ? undefined
          : {name: gpuName, ask: createGpuPort((own) => onProgress({kind: 'gpu', request: own}))},
      onPlace: (gpu, text) => onProgress({kind: 'place', gpu, text}),
      onBackend: (text) => onProgress({kind: 'note', text}),
      onResume: (curve) => onProgress({kind: 'behind', curve}),
      onProgress: (progress) => onProgress({kind: 'progress', progress}),
      onEpoch: (point, isBest) => onProgress({kind: 'epoch', point, isBest}),
      onPlanes: (planes) => onProgress({kind: 'planes', planes}),
    }),
);
