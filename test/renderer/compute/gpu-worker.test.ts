import {afterAll, afterEach, beforeAll, beforeEach, expect, test, vi} from 'vitest';
import type {GpuCall, GpuReply} from '../../../src/renderer/compute/gpu-messages.ts';

let take: (call: GpuCall) => void;
const replies: GpuReply[] = [];
let adapter: unknown;

beforeAll(async () => {
  vi.stubGlobal('addEventListener', (_: string, listener: (event: {data: GpuCall}) => void) => {
    take = (data) => listener({data});
  });
  vi.stubGlobal('postMessage', (reply: GpuReply) => replies.push(reply));
  vi.stubGlobal('navigator', {gpu: {requestAdapter: () => Promise.resolve(adapter)}});
  await import('../../../src/renderer/compute/gpu-worker.ts');
});
beforeEach(() => {
  adapter = null;
});
afterEach(() => replies.splice(0));
afterAll(() => vi.unstubAllGlobals());

const replyTo = async (call: GpuCall): Promise<GpuReply> => {
  take(call);
  await expect.poll(() => replies.length).toBe(1);
  return replies[0];
};

test.each([
  ['its description', {vendor: 'maker', description: 'Fast GPU 5'}, 'Fast GPU 5'],
  ['maker and build, as far as the browser says', {vendor: 'maker', architecture: 'gen-9'}, 'maker gen-9'],
  ['a word, where the browser says nothing', {}, 'GPU'],
])('the GPU thread names its GPU by %s', async (_, info, name) => {
  adapter = {info: {vendor: '', architecture: '', device: '', description: '', ...info}};
  expect(await replyTo({kind: 'look'})).toEqual({kind: 'found', name});
});

test('the GPU thread says that a browser has no GPU', async () => {
  expect(await replyTo({kind: 'look'})).toEqual({kind: 'found', name: null});
});

test('the GPU thread ends when the GPU is gone before the first order', async () => {
  const order = {kind: 'gradients', network: 'forward', energyGradients: new Float32Array(2)} as const;
  expect(await replyTo({kind: 'order', number: 1, order})).toEqual({
    kind: 'ended',
    reason: 'the browser has no GPU any more',
  });
});
