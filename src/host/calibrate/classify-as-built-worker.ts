import {BenchError} from '../../contract/errors.ts';
import {classLabels} from '../../contract/read-out.ts';
import type {Classification} from '../../contract/training.ts';
import {wavelengthMmFromHz} from '../../contract/units.ts';
import {noDraw} from '../../twin/calibration/as-built-network.ts';
import {createIllumination} from '../../twin/field/illumination.ts';
import {createObject} from '../../twin/field/object.ts';
import {computeConfusion, createReadOut, sumOf} from '../../twin/metrics/index.ts';
import {imageAt, judge} from '../../twin/training/batch.ts';
import {serveOnce} from '../threads/serve-once.ts';
import {imagesOf} from '../twin/images-of.ts';
import {createAsBuiltPool} from './as-built-pool.ts';
import type {ClassifyAsBuiltRequest} from './classify-as-built-protocol.ts';
import {asBuiltWork} from './reprint.ts';

/** Images that are sent to the threads at a time. */
const batchSize = 16;

// Entry of the thread that runs a network as it was built over a set of images; it leads the threads that compute.
await serveOnce<ClassifyAsBuiltRequest, Classification, {readonly done: number; readonly total: number}>(
  async ({bench, illumination, images: wanted, limit, workerCount}, {signal, onProgress}) => {
    const {file} = bench.design;
    const images = await imagesOf(wanted, file);
    const count = Math.min(limit, images.labels.length);
    const indices = Array.from({length: count}, (_, i) => i);
    const classCount = classLabels(file.detector).length;
    if (count === 0 || indices.some((index) => images.labels[index] >= classCount))
      throw new BenchError(
        'file/invalid',
        `There are no images, or labels that are no class of ${file.name}, which tells ${classCount}. Nothing was computed.`,
      );
    const readOut = createReadOut(file.detector);
    const light = createIllumination(illumination, file.grid, wavelengthMmFromHz(file.frequencyHz));
    const cellMm2 = file.grid.pitchMm ** 2;
    const inputPower = (index: number): number => {
      const {re, im} = createObject(imageAt(images, index), file.grid, file.object);
      return (
        cellMm2 * sumOf(re.map((own, i) => (own ** 2 + im[i] ** 2) * (light.re[i] ** 2 + light.im[i] ** 2)))
      );
    };
    await using pool = createAsBuiltPool(asBuiltWork(bench, images), {workerCount, signal});
    const winners: (number | null)[] = [];
    let [margins, efficiencies] = [0, 0];
    for (let from = 0; from < count; from += batchSize) {
      const batch = indices.slice(from, from + batchSize);
      const energies = await pool.energies({
        ...{place: 0, heightsMm: null, grain: 'fine', draw: noDraw, indices: batch},
      });
      batch.forEach((index, i) => {
        const {winner, margin} = judge(readOut, energies[i], images.labels[index]);
        winners.push(winner < 0 ? null : winner);
        margins += margin;
        efficiencies += sumOf(energies[i]) / inputPower(index);
      });
      onProgress({done: from + batch.length, total: count});
    }
    const truths = indices.map((index) => images.labels[index]);
    const {counts} = computeConfusion(classCount, truths, winners);
    return {
      accuracy: winners.filter((winner, i) => winner === truths[i]).length / count,
      count,
      confusion: counts.map((row) => [...row]),
      meanMargin: margins / count,
      efficiency: efficiencies / count,
    };
  },
);
