import {createRequire} from 'node:module';
import {dirname} from 'node:path';
import * as tf from '@tensorflow/tfjs-core';

/** Which TensorFlow.js backend is in use and, where it is not the native one, why. */
export interface TensorBackend {
  readonly name: 'tensorflow' | 'wasm' | 'cpu';
  readonly reason: string;
}

const require = createRequire(import.meta.url);

/**
 * Chooses the backend for optimiser and loss: @tensorflow/tfjs-node where it can be loaded and computes, else
 * WebAssembly, else plain JavaScript. Registers the gradients of all operations.
 */
export async function useTensorBackend(): Promise<TensorBackend> {
  // The union package registers the gradients of all operations; tfjs-core alone has none.
  require('@tensorflow/tfjs');
  const native = tryNative();
  if (native === undefined) return {name: 'tensorflow', reason: 'libtensorflow loaded'};
  try {
    const wasm = await import('@tensorflow/tfjs-backend-wasm');
    const folder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
    wasm.setWasmPaths(`${folder}/`);
    wasm.setThreadsCount(1);
    if (await tf.setBackend('wasm')) {
      await tf.ready();
      return {name: 'wasm', reason: native};
    }
    throw new Error('the WebAssembly backend refused to start');
  } catch (error) {
    await import('@tensorflow/tfjs-backend-cpu');
    await tf.setBackend('cpu');
    return {name: 'cpu', reason: `${native}; ${messageOf(error)}`};
  }
}

/** Loads the native backend and lets it add; returns undefined when it works, else why not. */
function tryNative(): string | undefined {
  try {
    require.resolve('@tensorflow/tfjs-node');
  } catch {
    return 'tfjs-node is not installed here (its library could not be fetched)';
  }
  try {
    require('@tensorflow/tfjs-node');
    const sum = tf.tidy(() => tf.add(2, 3).dataSync()[0]);
    return sum === 5 && tf.getBackend() === 'tensorflow' ? undefined : 'tfjs-node loads but does not compute';
  } catch (error) {
    return `tfjs-node does not load: ${messageOf(error)}`;
  }
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0];
