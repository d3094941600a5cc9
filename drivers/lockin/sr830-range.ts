import type {SettingValue} from '../../src/contract/devices.ts';
import type {Sr830Reading} from './sr830-declaration.ts';
import {BenchError} from '../../src/contract/errors.ts';
import {sensitivitiesV} from './sr830-parameters.ts';
import type {Sample} from './sr830-sampler.ts';
import {adviseOn, describeLias, liaBits, overloadMask} from './sr830-status.ts';

/** What choosing a range may use of the device. */
export interface RangeControl {
  /** Instrument and port, for messages. */
  readonly from: string;
  get(name: string): Promise<SettingValue>;
  setSensitivity(sensitivityV: number): Promise<void>;
  /** Waits until a step has decayed and forgets what was latched meanwhile. */
  settle(): Promise<void>;
  sample(): Promise<Sample>;
  /** The sample as a reading; undefined when its numbers contradict each other. */
  readingFrom(sample: Sample): Promise<Sr830Reading | undefined>;
}

const ceiling = 0.8;
const mostSteps = 20;
/** Largest step down at once: a factor of 100, so that a reading near zero of a coarse range is not trusted far. */
const largestDownStep = 6;
/** Current inputs read ampere: 1 V full scale is 1 uA (sheet, SENS). */
export const ampereFromVolt = 1e-6;

/** Sets the sensitivity that the present signal fills to 30..80 %; returns full scale, V. */
export async function chooseRange(of: RangeControl): Promise<number> {
  let index = sensitivitiesV.indexOf((await of.get('sensitivityV')) as number);
  let lowestAllowed = 0;
  await of.settle();
  for (let step = 0; step < mostSteps; step++) {
    const sample = await of.sample();
    if ((sample.lias & liaBits.referenceUnlock) !== 0) throw cannotRange(of.from, sample.lias);
    const isOverloaded = (sample.lias & overloadMask) !== 0;
    if (isOverloaded) lowestAllowed = Math.max(lowestAllowed, index + 1);
    if (lowestAllowed >= sensitivitiesV.length) throw cannotRange(of.from, sample.lias);
    const next = isOverloaded
      ? Math.min(index + 3, sensitivitiesV.length - 1)
      : Math.max(await bestRange(sample, of), index - largestDownStep, lowestAllowed);
    if (next === index) return sensitivitiesV[index];
    await of.setSensitivity(sensitivitiesV[next]);
    index = next;
    await of.settle();
  }
  throw cannotRange(of.from, 0);
}

/** Smallest full scale that the signal fills by no more than 80 %; by the 1-2-5 steps it is then above 30 %. */
async function bestRange(sample: Sample, of: RangeControl): Promise<number> {
  // For choosing a range the larger of two numbers that contradict each other is the safe one.
  const [x = 0, y = 0, r = 0] = sample.values;
  const rV = (await of.readingFrom(sample))?.rV ?? Math.max(Math.hypot(x, y), Math.abs(r));
  const unit = String(await of.get('inputSource')).startsWith('I-') ? ampereFromVolt : 1;
  const best = sensitivitiesV.findIndex((fullScaleV) => rV <= ceiling * fullScaleV * unit);
  return best < 0 ? sensitivitiesV.length - 1 : best;
}

function cannotRange(from: string, lias: number): BenchError {
  const why = describeLias(lias) === '' ? 'the signal does not stay in any range' : describeLias(lias);
  return new BenchError(
    'device/not-valid',
    `${from} found no sensitivity for this signal: ${why}. Nothing was stored; ${adviseOn(lias)}.`,
    {details: {lias, isOverload: (lias & overloadMask) !== 0}},
  );
}
