import {workerData} from 'node:worker_threads';
import {createAsBuiltNetwork, type AsBuiltNetwork} from '../../twin/calibration/as-built-network.ts';
import {classLoss} from '../../twin/calibration/class-loss.ts';
import {createObject} from '../../twin/field/object.ts';
import {createReadOut} from '../../twin/metrics/read-out.ts';
import {asBright} from '../../twin/calibration/measured-energies.ts';
import {imageAt, judge} from '../../twin/training/batch.ts';
import {serveJobs} from '../threads/serve-jobs.ts';
import type {AsBuiltGrain, AsBuiltJob, AsBuiltJobs, AsBuiltWork} from './as-built-protocol.ts';

// Entry of a thread that computes a network as it was built.
const work = workerData as AsBuiltWork;
const readOut = createReadOut(work.detector);
const networks = new Map<AsBuiltGrain, AsBuiltNetwork>();

function prepared({grain, draw, place, heightsMm}: AsBuiltJob): AsBuiltNetwork {
  let network = networks.get(grain);
  if (!network) {
    const stack = {...work.network.stack, oversample: grain === 'fine' ? 2 : 1};
    network = createAsBuiltNetwork({...work.network, stack});
    networks.set(grain, network);
  }
  network.prepare({place, heightsMm}, draw);
  return network;
}

const objectOf = (index: number) => createObject(imageAt(work.images, index), work.grid, work.object);

serveJobs<AsBuiltJobs>({
  energies(job) {
    const network = prepared(job);
    return job.indices.map((index) => network.energiesOf(objectOf(index)));
  },
  plane: ({stepMm, ...job}) => prepared(job).planeOf(objectOf(job.indices[0]), stepMm),
  gradient(job) {
    const network = prepared(job);
    const heights = new Float32Array(work.grid.count ** 2);
    let [loss, right, margin] = [0, 0, 0];
    for (const [i, index] of job.indices.entries()) {
      const label = work.images.labels[index];
      let seen: Float64Array = new Float64Array();
      const {heights: byHeight} = network.gradientOf(objectOf(index), (energies) => {
        seen = job.measured ? asBright(job.measured[i], energies) : energies;
        const {loss: value, gradient} = classLoss(readOut, seen, label, work.loss);
        loss += value;
        return gradient;
      });
      const judged = judge(readOut, seen, label);
      margin += judged.margin;
      if (judged.winner === label) right += 1;
      for (let k = 0; k < heights.length; k++) heights[k] += byHeight[k];
    }
    return {loss, right, margin, heights};
  },
});
