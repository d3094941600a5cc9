import {expect, test} from 'vitest';
import {gpuParts} from '../../../src/contract/api/index.ts';
import {createOrderTaker} from '../../../src/twin/gpu/gpu-orders.ts';
import {createHost} from '../api/api-fixture.ts';
import {clientOf, follow, type TestedHost} from '../api/computations.ts';
import {createLaterGpu} from './fake-gpu.ts';
import {smallTraining} from '../designs/small-training.ts';

const settings = {
  epochs: 1,
  ...smallTraining,
  trainingCount: 48,
};

/** Computes what an offer is ordered, as a window does; after so many orders it is gone. */
async function serve(client: ReturnType<typeof clientOf>, id: string, orderCount: number): Promise<string> {
  const taker = createOrderTaker(createLaterGpu);
  for (let after = 0, done = 0; ;) {
    const {last, order, ending} = await client.gpu.orders({id, after, waitMs: 5000});
    if (ending !== null) return ending;
    after = last;
    if (!order) continue;
    if (done++ === orderCount) await client.gpu.withdraw({id, reason: 'its page was left'});
    else
      for (const part of gpuParts(await taker.carryOut(order)))
        await client.gpu.answer({id, number: last, ...part});
  }
}

async function train(host: TestedHost, name: string, orderCount: number) {
  const client = clientOf(host, 'operate');
  const {id: gpuId} = await client.gpu.offer({name: 'Fake 1'});
  const {id} = await client.twin.train({settings: {...settings, name}, workerCount: 1, gpuId});
  const [ending, {state, notes}] = await Promise.all([serve(client, gpuId, orderCount), follow(host, id)]);
  expect(state).toBe('done');
  const {entries} = await client.twin.training({id});
  return {
    notes,
    ending,
    gpus: entries.flatMap((entry) => (entry.kind === 'place' ? [entry.gpu] : [])),
    losses: entries.flatMap((entry) => (entry.kind === 'report' ? [entry.loss] : [])),
  };
}

test('a training is computed by the GPU of a window, and goes on on the processors with the same losses', async () => {
  await using host = await createHost();
  const there = await train(host, 'there', 100);
  expect(there).toMatchObject({gpus: ['Fake 1'], ending: 'the training has ended'});
  expect(there.losses).toHaveLength(1);
  expect(there.notes).toContain('computed on the GPU Fake 1, which a window offers');

  // It is gone in the second step.
  const back = await train(host, 'back', 3);
  expect(back).toMatchObject({gpus: ['Fake 1', null], losses: there.losses, ending: 'its page was left'});
  expect(back.notes.join()).toMatch(/goes on on the processors of the host, .* its page was left/);
  expect(host.lines.map(({action}) => action)).not.toContain('answer-gpu');

  const client = clientOf(host, 'operate');
  await expect(client.twin.train({settings: {...settings, name: 'none'}, gpuId: 'no-such'})).rejects.toThrow(
    /no offer no-such of a GPU/,
  );
});
