import type {GpuJob, GpuNetworkName, GpuOrder} from '../../contract/api/index.ts';
import {BenchError, benchErrorFrom} from '../../contract/errors.ts';
import type {TrainingSettingsData} from '../../contract/training.ts';
import {
  imageAt,
  type BatchEnergies,
  type BatchJob,
  type EnergyEngine,
  type EngineSpec,
} from '../../twin/training/batch.ts';
import {plateValueCount} from '../../twin/training/transmissions.ts';
import type {AskGpu} from './gpu-port.ts';

/** A GPU that computes the steps of a training while it can. */
export interface GpuCourse {
  readonly isOn: boolean;
  /** Numbers that an order is answered with. Throws `device/fault`. */
  readonly ask: AskGpu;
  /** From here on the processors compute. */
  end(error: unknown): void;
}

/** `onEnd` hears, once, why the GPU is not used any more. */
export function createGpuCourse(ask: AskGpu, onEnd: (reason: string) => void): GpuCourse {
  let isOn = true;
  return {
    get isOn() {
      return isOn;
    },
    ask,
    end(error) {
      if (!isOn) return;
      isOn = false;
      onEnd(benchErrorFrom(error).message);
    },
  };
}

export interface CourseNetwork {
  readonly name: GpuNetworkName;
  /** As the engine of the processors was made of it. */
  readonly spec: EngineSpec;
  readonly settings: TrainingSettingsData;
}

/**
 * The engine of the processors with the steps of a training computed by a GPU while it can. What the GPU does not answer
 * is computed by the processors from the same plates and draws, so that no step is lost. The first step is computed by
 * both: a GPU that does not give the same numbers is not used.
 */
export function engineOnGpu(own: EnergyEngine, network: CourseNetwork, course: GpuCourse): EnergyEngine {
  const orders = createOrders(own, network, course.ask);
  let plates: readonly Float32Array[] = [];
  let job: BatchJob | undefined;
  let isOpen = false;
  /** Whether a step was the same forth and back. */
  let isTrusted = false;
  /** Whether the processors have the fields of the last step, too. */
  let areFieldsHere = false;
  const forwardHere = (wanted: BatchJob): BatchEnergies => {
    own.setHeights(plates);
    areFieldsHere = true;
    return own.forward(wanted);
  };
  const onGpu = <Value>(work: () => Value): Value | undefined => {
    if (!course.isOn) return undefined;
    try {
      return work();
    } catch (error) {
      course.end(error);
      return undefined;
    }
  };
  return {
    regionCount: own.regionCount,
    layerCount: own.layerCount,
    setHeights(layers) {
      plates = layers;
    },
    forward(wanted) {
      job = wanted;
      areFieldsHere = false;
      const found = onGpu(() => {
        if (!isOpen) orders.open();
        isOpen = true;
        const out = orders.step(plates, wanted);
        if (!isTrusted) assertSame(forwardHere(wanted).energies, out.energies);
        return out;
      });
      return found ?? forwardHere(wanted);
    },
    backward(energyGradients) {
      const found = onGpu(() => {
        const gradients = orders.gradients(energyGradients);
        if (!isTrusted) own.backward(energyGradients).forEach((layer, i) => assertSame(layer, gradients[i]));
        isTrusted = true;
        return gradients;
      });
      if (found) return found;
      if (job && !areFieldsHere) forwardHere(job);
      return own.backward(energyGradients);
    },
  };
}

/** What is asked of a GPU, as orders. */
function createOrders(own: EnergyEngine, {name, spec, settings}: CourseNetwork, ask: AskGpu) {
  const {rows, columns} = spec.images;
  const {regionCount, layerCount} = own;
  const valueCount = plateValueCount(spec.network);
  const askFor = (order: GpuOrder, count: number): Float32Array => {
    const values = ask(order, count);
    if (values.every(Number.isFinite)) return values;
    throw new BenchError('device/fault', 'The GPU answered with what is no number.');
  };
  return {
    open: () => void askFor({kind: 'open', network: name, settings, rows, columns}, 0),
    step(plates: readonly Float32Array[], {indices, ...job}: BatchJob): BatchEnergies {
      const images = new Uint8Array(indices.length * rows * columns);
      indices.forEach((index, i) => images.set(imageAt(spec.images, index).bytes, i * rows * columns));
      const joined = new Float32Array(layerCount * valueCount);
      plates.forEach((plate, layer) => joined.set(plate, layer * valueCount));
      const energyCount = indices.length * regionCount;
      const values = askFor(
        {kind: 'step', network: name, plates: joined, images, job: asData(job)},
        energyCount + indices.length,
      );
      return {energies: values.slice(0, energyCount), inputPower: values.slice(energyCount)};
    },
    gradients(energyGradients: Float32Array): Float32Array[] {
      const values = askFor(
        {kind: 'gradients', network: name, energyGradients: energyGradients.slice()},
        layerCount * valueCount,
      );
      return Array.from({length: layerCount}, (_, layer) =>
        values.slice(layer * valueCount, (layer + 1) * valueCount),
      );
    },
  };
}

function asData({plateErrors, seeds, ...job}: Omit<BatchJob, 'indices'>): GpuJob {
  return {
    ...job,
    seeds: [...seeds],
    plateErrors: plateErrors && {
      dxMm: Array.from(plateErrors.dxMm),
      dyMm: Array.from(plateErrors.dyMm),
      dzMm: Array.from(plateErrors.dzMm),
    },
  };
}

/** Largest difference between GPU and processors, of the largest number: single precision differs by some 1e-6. */
const sameRatio = 1e-4;

function assertSame(expected: Float32Array, found: Float32Array): void {
  let [largest, difference] = [0, 0];
  expected.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value));
    difference = Math.max(difference, Math.abs(value - found[i]));
  });
  if (difference <= sameRatio * largest) return;
  throw new BenchError(
    'device/fault',
    `The GPU gives other numbers than the processors: they differ by ${(difference / largest).toExponential(1)} of the largest.`,
  );
}
