import {randomUUID} from 'node:crypto';
import {createChangeSignal, type ChangeSignal, type FeedWait} from '../../base/feed.ts';
import type {GpuOrder} from '../../contract/api/index.ts';
import {BenchError} from '../../contract/errors.ts';

/** GPUs that windows have offered for trainings. */
export interface GpuOffers extends Disposable {
  /** Ends by itself when nobody follows its orders. */
  offer(name: string): {readonly id: string};
  /** The newest order after `after`; waits while there is none. Throws `store/not-found` without such an offer. */
  orders(id: string, wait: FeedWait): Promise<OrderAnswer>;
  /** A part of an answer; false when nobody waits for it. Throws `store/not-found` and, for what does not fit, `plan/invalid`. */
  answer(id: string, part: AnswerPart): boolean;
  /** False without such an offer: it has ended. */
  withdraw(id: string, reason: string): boolean;
  /** For one training. Throws `plan/invalid` when it has ended or another training uses it. */
  take(id: string): GpuLink;
}

export interface OrderAnswer {
  readonly last: number;
  readonly order: GpuOrder | null;
  /** Why there will be no further one. */
  readonly ending: string | null;
}

export interface AnswerPart {
  readonly number: number;
  readonly first: number;
  readonly total: number;
  readonly values: Float32Array;
}

/** An offered GPU in the hands of one training. */
export interface GpuLink {
  readonly name: string;
  /** The numbers that answer an order. Throws `device/fault` when the offer ends, or is late, before they are there. */
  perform(order: GpuOrder): Promise<Float32Array>;
  /** Ends the offer: an order under way is given up. */
  end(reason: string): void;
}

export interface GpuOfferTimes {
  /** How long nobody may follow the orders of an offer. */
  readonly absenceMs: number;
  /** How long a GPU may take for a step, and to get ready for the first one. */
  readonly stepMs: number;
  readonly openMs: number;
}

const defaultTimes: GpuOfferTimes = {absenceMs: 15_000, stepMs: 30_000, openMs: 120_000};

interface Offer {
  readonly name: string;
  readonly changes: ChangeSignal;
  followers: number;
  absence: ReturnType<typeof setTimeout> | undefined;
  isTaken: boolean;
  order: GpuOrder | null;
  ending: string | null;
  waiting: Waiting | undefined;
}

interface Waiting {
  readonly number: number;
  values: Float32Array | undefined;
  /** Numbers that have come. */
  count: number;
  readonly resolve: (values: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

/** Offers that have ended are known for this many more. */
const keptCount = 20;

export function createGpuOffers(times: GpuOfferTimes = defaultTimes): GpuOffers {
  const offers = new Map<string, Offer>();
  const get = (id: string): Offer => {
    const offer = offers.get(id);
    if (offer) return offer;
    throw new BenchError(
      'store/not-found',
      `There is no offer ${id} of a GPU. Nothing was done; offer it again.`,
    );
  };
  return {
    offer(name) {
      const id = randomUUID();
      const offer = emptyOffer(name);
      offers.set(id, offer);
      for (const [oldest, {ending}] of offers)
        if (offers.size > keptCount && ending !== null) offers.delete(oldest);
      awaitFollower(offer, times);
      return {id};
    },
    orders: (id, wait) => followOrders(get(id), wait, times),
    answer: (id, part) => takePart(get(id), part),
    withdraw(id, reason) {
      const offer = offers.get(id);
      if (!offer || offer.ending !== null) return false;
      end(offer, reason);
      return true;
    },
    take(id) {
      const offer = get(id);
      if (offer.ending !== null)
        throw new BenchError(
          'plan/invalid',
          `The GPU ${offer.name} is not offered any more: ${offer.ending}. Nothing was started; offer it again, or compute on the processors.`,
        );
      if (offer.isTaken)
        throw new BenchError(
          'plan/invalid',
          `The GPU ${offer.name} computes for another training. Nothing was started.`,
        );
      offer.isTaken = true;
      return {
        name: offer.name,
        perform: (order) => perform(offer, order, order.kind === 'open' ? times.openMs : times.stepMs),
        end: (reason) => end(offer, reason),
      };
    },
    [Symbol.dispose]: () => offers.forEach((offer) => end(offer, 'the program ends')),
  };
}

/** Ends an offer that nobody has followed for a while. */
function awaitFollower(offer: Offer, {absenceMs}: GpuOfferTimes): void {
  offer.absence = setTimeout(
    () => end(offer, 'the window that offered it is closed, or has lost its connection'),
    absenceMs,
  );
  offer.absence.unref();
}

async function followOrders(offer: Offer, wait: FeedWait, times: GpuOfferTimes): Promise<OrderAnswer> {
  const {changes} = offer;
  offer.followers++;
  clearTimeout(offer.absence);
  if (offer.ending === null) await changes.wait(wait);
  offer.followers--;
  if (offer.followers === 0 && offer.ending === null) awaitFollower(offer, times);
  const isNew = changes.count > wait.after;
  return {last: changes.count, order: isNew ? offer.order : null, ending: offer.ending};
}

const emptyOffer = (name: string): Offer => ({
  name,
  changes: createChangeSignal(),
  followers: 0,
  absence: undefined,
  isTaken: false,
  order: null,
  ending: null,
  waiting: undefined,
});

function end(offer: Offer, reason: string): void {
  if (offer.ending !== null) return;
  clearTimeout(offer.absence);
  offer.ending = reason;
  offer.order = null;
  offer.waiting?.reject(lost(offer.name, reason));
  offer.waiting = undefined;
  offer.changes.notify();
}

const lost = (name: string, reason: string): BenchError =>
  new BenchError('device/fault', `The GPU ${name} does not compute any more: ${reason}.`);

async function perform(offer: Offer, order: GpuOrder, limitMs: number): Promise<Float32Array> {
  if (offer.ending !== null) throw lost(offer.name, offer.ending);
  const {promise, resolve, reject} = Promise.withResolvers<Float32Array>();
  offer.order = order;
  offer.changes.notify();
  offer.waiting = {number: offer.changes.count, values: undefined, count: 0, resolve, reject};
  const late = setTimeout(() => end(offer, `it has not answered for ${limitMs / 1000} s`), limitMs);
  try {
    return await promise;
  } finally {
    clearTimeout(late);
  }
}

function takePart(offer: Offer, {number, first, total, values}: AnswerPart): boolean {
  const {waiting} = offer;
  if (!waiting || waiting.number !== number) return false;
  if (total > largestAnswer || first !== waiting.count || first + values.length > total)
    throw new BenchError(
      'plan/invalid',
      'This part of an answer does not follow the one before. It was left.',
    );
  waiting.values ??= new Float32Array(total);
  if (waiting.values.length !== total)
    throw new BenchError('plan/invalid', 'The parts of an answer say different lengths. This one was left.');
  waiting.values.set(values, first);
  waiting.count += values.length;
  if (waiting.count < total) return true;
  offer.waiting = undefined;
  offer.order = null;
  waiting.resolve(waiting.values);
  return true;
}

/** Numbers of an answer at most: 64 plates of 1024 x 1024 complex pixels have twice as many, which no frame brings in time. */
const largestAnswer = 2 ** 26;
