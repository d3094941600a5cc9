import type {HostServices} from '../services.ts';
import {dataServicesOf} from './data-services.ts';
import {os} from './procedures.ts';

/** GPUs that windows offer for trainings. */
export const gpuApi = (services: HostServices) => {
  const {gpuOffers} = dataServicesOf(services);
  return {
    offer: os.gpu.offer.handler(({input: {name}}) => gpuOffers.offer(name)),
    orders: os.gpu.orders.handler(async ({input: {id, ...wait}, signal}) => ({
      hostId: services.hostId,
      lostCount: 0,
      ...(await gpuOffers.orders(id, {...wait, signal})),
    })),
    // A step has several parts of answers: the offer itself, and the training that uses it, leave lines.
    answer: os.gpu.answer.handler(({input: {id, ...part}}) => ({isTaken: gpuOffers.answer(id, part)})),
    withdraw: os.gpu.withdraw.handler(({input: {id, reason}}) => ({
      wasOffered: gpuOffers.withdraw(id, reason),
    })),
  };
};
