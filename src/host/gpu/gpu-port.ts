import type {GpuOrder} from '../../contract/api/index.ts';
import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import type {GpuLink} from './gpu-offers.ts';

/**
 * How the thread of a training has an order carried out by a GPU, over the thread that serves windows: the order goes as
 * a message, the answer comes in shared memory. The training waits for it in place, as it waits for the threads of its
 * processors, because a gradient of TensorFlow.js must be there when it is asked for.
 */
export interface GpuRequest {
  readonly order: GpuOrder;
  /** [0] whether it is answered: `answers`; [1] how many numbers or bytes. */
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly values: Float32Array<SharedArrayBuffer>;
  /** Why it was not carried out. */
  readonly text: Uint8Array<SharedArrayBuffer>;
}

const answers = {none: 0, values: 1, problem: 2} as const;

/** Has an order carried out whose answer has so many numbers. Throws `device/fault` when it is not. */
export type AskGpu = (order: GpuOrder, valueCount: number) => Float32Array;

/** Of a thread that always answers within the times of its offers: far beyond these. */
const answerMs = 600_000;
const textBytes = 4096;

/** The end in the thread of the training. `post` sends a request to the other one. */
export function createGpuPort(post: (request: GpuRequest) => void): AskGpu {
  const control = new Int32Array(new SharedArrayBuffer(8));
  const text = new Uint8Array(new SharedArrayBuffer(textBytes));
  let values = new Float32Array(new SharedArrayBuffer(0));
  return (order, valueCount) => {
    if (values.length < valueCount) values = new Float32Array(new SharedArrayBuffer(4 * valueCount));
    Atomics.store(control, 0, answers.none);
    post({order, control, values, text});
    Atomics.wait(control, 0, answers.none, answerMs);
    const count = control[1];
    switch (Atomics.load(control, 0)) {
      case answers.values:
        if (count === valueCount) return values.slice(0, count);
        throw new BenchError(
          'device/fault',
          `The GPU answered with ${count} numbers instead of ${valueCount}.`,
        );
      case answers.problem:
        throw new BenchError('device/fault', new TextDecoder().decode(text.slice(0, count)));
      default:
        throw new BenchError('device/fault', 'The thread that asks the GPU does not answer.');
    }
  };
}

/** The other end: has the order carried out and answers. Never rejects. */
export async function answerGpuRequest(
  link: Pick<GpuLink, 'perform'>,
  {order, control, values, text}: GpuRequest,
): Promise<void> {
  const answer = (kind: number, count: number): void => {
    control[1] = count;
    Atomics.store(control, 0, kind);
    Atomics.notify(control, 0);
  };
  try {
    const found = await link.perform(order);
    // What does not fit is told by its length.
    values.set(found.subarray(0, values.length));
    answer(answers.values, found.length);
  } catch (error) {
    const {written} = new TextEncoder().encodeInto(benchErrorFrom(error).message, new Uint8Array(textBytes));
    const bytes = new TextEncoder().encode(benchErrorFrom(error).message).subarray(0, written);
    text.set(bytes);
    answer(answers.problem, bytes.length);
  }
}
