import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {parentPort, workerData} from 'node:worker_threads';
import {loadDesign} from '../twin/design/load.ts';
import type {DetectorPlane} from './optics-model.ts';
import type {MountedObject} from './scene.ts';
import type {PlateStand, SceneTruth} from './scene-truth.ts';
import {SpectralOptics} from './spectral-optics.ts';

/** Runs the field calculation away from the instruments, so that they keep answering. */
export interface OpticsWorkerData {
  readonly designFolder: string;
  readonly truth: SceneTruth;
}
export type OpticsRequest =
  | {readonly kind: 'object'; readonly id: number; readonly object: MountedObject | null}
  | {readonly kind: 'detector-z'; readonly id: number; readonly zMm: number}
  | {readonly kind: 'frequency'; readonly id: number; readonly frequencyHz: number}
  | {readonly kind: 'plates'; readonly id: number; readonly stands: readonly PlateStand[]};
export type OpticsReply =
  | {readonly kind: 'plane'; readonly id: number; readonly result: DetectorPlane}
  | {readonly kind: 'failed'; readonly id: number; readonly message: string};

const port = parentPort;
if (!port) throw new Error('optics-worker.ts runs as a worker thread only.');
const {designFolder, truth} = workerData as OpticsWorkerData;
const model = loadDesign((name) => readFile(join(designFolder, name))).then(
  (design) => new SpectralOptics(design, truth),
);
// Each request reports the failure; this only keeps it from ending the thread before anyone has asked.
model.catch(() => undefined);
let mounted: MountedObject | null = null;

async function answer(request: OpticsRequest): Promise<OpticsReply> {
  try {
    const optics = await model;
    if (request.kind === 'object') mounted = request.object;
    else if (request.kind === 'plates') optics.setPlates(request.stands);
    else if (request.kind === 'frequency') optics.setFrequency(request.frequencyHz);
    else optics.setDetectorZ(request.zMm);
    return {kind: 'plane', id: request.id, result: optics.detectorPlane(mounted)};
  } catch (error) {
    return {kind: 'failed', id: request.id, message: error instanceof Error ? error.message : String(error)};
  }
}

let queue = Promise.resolve();
port.on('message', (request: OpticsRequest) => {
  queue = queue.then(async () => {
    const reply = await answer(request);
    const buffers =
      reply.kind === 'plane' ? [reply.result.field.re.buffer, reply.result.field.im.buffer] : [];
    port.postMessage(reply, buffers as ArrayBuffer[]);
  });
});
