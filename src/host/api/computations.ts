import {dataServicesOf} from './data-services.ts';
import {os} from './procedures.ts';
import type {HostServices} from '../services.ts';

/** How computations stand, what they came to, and their end. */
export const computationsApi = (services: HostServices) => {
  const {computations} = dataServicesOf(services);
  return {
    status: os.computations.status.handler(async ({input: {after, waitMs}, signal}) => {
      const {last, computations: all} = await computations.follow({after, waitMs, signal});
      return {hostId: services.hostId, lostCount: 0, last, computations: [...all]};
    }),
    result: os.computations.result.handler(({input: {id}}) => computations.result(id)),
    stop: os.computations.stop.handler(async ({input: {id}, context}) => ({
      hasStopped: await computations.stop(id, `stopped by ${context.operator() || context.client}`),
    })),
  };
};
