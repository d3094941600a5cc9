import type {CompareSide} from '../../contract/api/index.ts';
import {dataServicesOf} from './data-services.ts';
import {os} from './procedures.ts';
import type {HostServices} from '../services.ts';

/** Any stored plane beside any other, or beside what the twin says of it. */
export const compareApi = (services: HostServices) => {
  const threads = dataServicesOf(services);
  const predict = async (side: CompareSide, signal?: AbortSignal): Promise<Float64Array | null> => {
    if (side.kind === 'run') return null;
    const order = await threads.analysis.ask('orderPrediction', side, signal);
    if (order.isStored) return null;
    return threads.withTwin(order.design, order.probe, (twin) =>
      order.aligned
        ? twin.predictAligned(order.aligned.bench, order.aligned.request, signal)
        : twin.predict(order.request, signal),
    );
  };
  return {
    planes: os.compare.planes.handler(async ({input: {a, b}, signal}) => {
      const predictedA = await predict(a, signal);
      const predictedB = await predict(b, signal);
      return threads.analysis.ask('compare', {a, b, predictedA, predictedB}, signal);
    }),
  };
};
