import {screen, waitFor} from '@testing-library/react';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import type {GpuOrder} from '../../../src/contract/api/index.ts';
import {BenchError} from '../../../src/contract/errors.ts';
import type {GpuCall, GpuReply} from '../../../src/renderer/compute/gpu-messages.ts';
import {DesignPage} from '../../../src/renderer/features/design/index.ts';
import {feedOf, waitForEver, type Answers} from '../mock-host.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';

/** A thread whose GPU answers every order with as many numbers as an answer has in two parts. */
class GpuThread extends EventTarget {
  static readonly orders: GpuOrder[] = [];
  static running = 0;
  constructor() {
    super();
    GpuThread.running++;
  }
  postMessage(call: GpuCall): void {
    const reply: GpuReply =
      call.kind === 'look'
        ? {kind: 'found', name: 'Test GPU'}
        : {kind: 'answer', number: call.number, values: new Float32Array(40_000).fill(2)};
    if (call.kind === 'order') GpuThread.orders.push(call.order);
    queueMicrotask(() => this.dispatchEvent(new MessageEvent('message', {data: reply})));
  }
  terminate(): void {
    GpuThread.running--;
  }
}

beforeEach(() => {
  vi.stubGlobal('Worker', GpuThread);
  Object.defineProperty(navigator, 'gpu', {value: {}, configurable: true});
});
afterEach(() => {
  closeWindow();
  vi.unstubAllGlobals();
  Reflect.deleteProperty(navigator, 'gpu');
});

test('a training is begun with the GPU of this computer, whose offer is withdrawn when it was not begun', async () => {
  const head = {hostId: 'mock', lostCount: 0};
  const order = {
    kind: 'gradients' as const,
    network: 'forward' as const,
    energyGradients: new Float32Array(2),
  };
  let offerCount = 0;
  const answered = Promise.withResolvers<void>();
  const answers: Answers = {
    design: {list: () => []},
    computations: {status: feedOf({...head, last: 1, computations: []})},
    gpu: {
      offer: () => ({id: `offer-${++offerCount}`}),
      async orders(question, call) {
        if (question.id !== 'offer-2') return await waitForEver({}, call);
        if (question.after === 0) return {...head, last: 1, order, ending: null};
        await answered.promise;
        return {...head, last: 2, order: null, ending: 'the training has ended'};
      },
      answer({first}) {
        if (first > 0) answered.resolve();
        return {isTaken: true};
      },
      withdraw: () => ({wasOffered: true}),
    },
    twin: {
      trainings: () => [],
      train() {
        if (offerCount === 1) throw new BenchError('bench/busy', 'Another thing is being computed.');
        return {id: 'training-1', folder: '/data/designs/my-digits'};
      },
    },
  };
  const {host, user} = await openWindow(<DesignPage />, '/design', {answers});
  await user.click(await screen.findByRole('radio', {name: 'Train a network'}, patient));
  await user.click(await screen.findByRole('radio', {name: 'GPU of this computer (Test GPU)'}, patient));
  const start = screen.getByRole('button', {name: 'Start training'});
  await user.click(start);
  await screen.findByText(/Another thing is being computed/, {}, patient);
  expect(host.callsOf('gpu', 'offer')).toEqual([{name: 'Test GPU'}]);
  expect(host.callsOf('gpu', 'withdraw')).toEqual([{id: 'offer-1', reason: 'the training was not begun'}]);
  await waitFor(() => expect(GpuThread.running).toBe(0), patient);

  await user.click(start);
  await waitFor(() => expect(host.callsOf('gpu', 'answer')).toHaveLength(2), patient);
  expect(host.callsOf('twin', 'train')[1]).toMatchObject({gpuId: 'offer-2'});
  expect(GpuThread.orders).toEqual([order]);
  expect(host.callsOf('gpu', 'answer')).toMatchObject([
    {id: 'offer-2', number: 1, first: 0, total: 40_000},
    {id: 'offer-2', number: 1, first: 32_768, total: 40_000},
  ]);
  // The host has ended the offer: nothing is withdrawn, and the thread is gone.
  await waitFor(() => expect(GpuThread.running).toBe(0), patient);
  expect(host.callsOf('gpu', 'withdraw')).toHaveLength(1);
});

test('thick plates are not begun with a GPU, and the form says so before', async () => {
  const answers: Answers = {
    design: {list: () => []},
    computations: {status: feedOf({hostId: 'mock', lostCount: 0, last: 1, computations: []})},
    twin: {trainings: () => [], train: () => ({id: 'training-1', folder: '/data/designs/my-digits'})},
  };
  const {host, user} = await openWindow(<DesignPage />, '/design', {answers});
  await user.click(await screen.findByRole('radio', {name: 'Train a network'}, patient));
  await user.click(await screen.findByRole('radio', {name: 'GPU of this computer (Test GPU)'}, patient));
  await user.click(screen.getByRole('radio', {name: 'Thick: slice by slice'}));
  await screen.findByText(/Thick plates are computed by the processors of the host/, {}, patient);
  await user.click(screen.getByRole('button', {name: 'Start training'}));
  await waitFor(() => expect(host.callsOf('twin', 'train')).toHaveLength(1), patient);
  expect(host.callsOf('twin', 'train')[0]).not.toHaveProperty('gpuId');
  expect(host.callsOf('gpu', 'offer')).toHaveLength(0);
});
