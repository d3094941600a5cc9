import {createRandom} from '../../base/random.ts';
import {noDraw} from '../../twin/calibration/as-built-network.ts';
import type {ReadOutSample} from '../../twin/calibration/read-out-fit.ts';
import type {AsBuiltPool} from './as-built-pool.ts';

/**
 * Energies of objects behind a network as it was built, as scans would read them whose points lie anywhere; of a set with
 * these labels.
 */
export async function simulateSamples(
  pool: AsBuiltPool,
  {
    labels,
    indices,
    seed,
  }: {readonly labels: ArrayLike<number>; readonly indices: readonly number[]; readonly seed: number},
): Promise<ReadOutSample[]> {
  const benchCount = Math.min(scanCount, indices.length);
  const samples: ReadOutSample[] = [];
  for (let scan = 0; scan < benchCount; scan++) {
    const random = createRandom(`${seed}/simulated scan/${scan}`);
    const own = indices.filter((_, i) => i % benchCount === scan);
    const draw = {...noDraw, scanOffset: [random.uniform() - 0.5, random.uniform() - 0.5] as const};
    const energies = await pool.energies({place: 0, heightsMm: null, grain: 'fine', draw, indices: own});
    own.forEach((index, i) => samples.push({energies: energies[i], label: labels[index]}));
  }
  return samples;
}

/** Scans whose points lie elsewhere: the frame of each campaign is another one. */
const scanCount = 5;
