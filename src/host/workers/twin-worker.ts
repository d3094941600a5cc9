import {parentPort, workerData} from 'node:worker_threads';
import {benchErrorFrom} from '../../contract/errors.ts';
import {computeDesignPoints} from '../../twin/metrics/index.ts';
import {fitBench} from '../campaign/bench-fit.ts';
import {createPredictor, type Predictor} from '../campaign/prediction.ts';
import type {TwinReply, TwinRequest, TwinSpec} from './twin-protocol.ts';

// Entry of the thread that predicts and fits, so that the loop that serves the instruments is never held up.
const {design, probe} = workerData as TwinSpec;
let predictor: Predictor | undefined;

function answer(request: TwinRequest): TwinReply {
  switch (request.kind) {
    case 'fit':
      return {
        id: request.id,
        kind: 'fit',
        value: fitBench(design, request.illumination, probe, request.planes),
      };
    case 'predict': {
      predictor ??= createPredictor(design, probe);
      const {object, illumination, frame, xMm, yMm} = request;
      const value = predictor.reader(object, illumination)(computeDesignPoints(xMm, yMm, frame));
      return {id: request.id, kind: 'predict', value};
    }
  }
}

parentPort?.on('message', (request: TwinRequest) => {
  let reply: TwinReply;
  try {
    reply = answer(request);
  } catch (error) {
    const {code, message} = benchErrorFrom(error);
    reply = {id: request.id, kind: 'error', error: {code, message}};
  }
  parentPort?.postMessage(reply);
});
