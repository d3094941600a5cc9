import {afterEach, describe, expect, test, vi} from 'vitest';
import {gpuParts, type GpuOrder} from '../../../src/contract/api/index.ts';
import {trainingSettingsSchema} from '../../../src/contract/training.ts';
import {createGpuOffers} from '../../../src/host/gpu/gpu-offers.ts';

const times = {absenceMs: 5000, stepMs: 30_000, openMs: 120_000};
const order: GpuOrder = {kind: 'gradients', network: 'forward', energyGradients: new Float32Array(3)};
const openOrder: GpuOrder = {
  kind: 'open',
  network: 'forward',
  settings: trainingSettingsSchema.parse({}),
  rows: 28,
  columns: 28,
};

afterEach(() => void vi.useRealTimers());

/** An offer whose orders are followed until `leave`. */
function offered() {
  vi.useFakeTimers();
  const offers = createGpuOffers(times);
  const {id} = offers.offer('Fake 1');
  const leaving = new AbortController();
  const follow = (after: number) => offers.orders(id, {after, waitMs: 600_000, signal: leaving.signal});
  return {offers, id, follow, leave: () => leaving.abort()};
}

test('an order waits for its answer in parts, and is not taken twice', async () => {
  const {offers, id, follow} = offered();
  const link = offers.take(id);
  const first = follow(0);
  const asked = link.perform(order);
  await vi.advanceTimersByTimeAsync(10);
  const {last, order: found} = await first;
  expect(found).toBe(order);
  const values = Float32Array.from({length: 70_000}, (_, i) => i);
  const parts = gpuParts(values);
  expect(parts).toHaveLength(3);
  expect(parts.map((part) => offers.answer(id, {number: last, ...part}))).toEqual([true, true, true]);
  expect(await asked).toEqual(values);
  expect(offers.answer(id, {number: last, ...parts[0]})).toBe(false);
  expect(() => offers.take(id)).toThrow(/computes for another training/);
});

test('parts that do not follow each other are refused, and the rest still comes together', async () => {
  const {offers, id} = offered();
  const asked = offers.take(id).perform(order);
  const part = (first: number, total: number, count: number) => ({
    number: 1,
    first,
    total,
    values: new Float32Array(count).fill(first + 1),
  });
  expect(() => offers.answer(id, part(1, 3, 1))).toThrow(/does not follow/);
  expect(() => offers.answer(id, part(0, 3, 4))).toThrow(/does not follow/);
  expect(() => offers.answer(id, part(0, 1e9, 1))).toThrow(/does not follow/);
  offers.answer(id, part(0, 3, 2));
  expect(() => offers.answer(id, part(2, 4, 1))).toThrow(/different lengths/);
  offers.answer(id, part(2, 3, 1));
  expect(await asked).toEqual(Float32Array.of(1, 1, 3));
  expect(() => offers.answer('no-such', part(0, 1, 1))).toThrow(/no offer/);
});

describe('an offer ends, and with it the order under way,', () => {
  test('when nobody follows it', async () => {
    const {offers, id, follow, leave} = offered();
    const following = follow(0);
    const asked = offers.take(id).perform(order);
    const refused = expect(asked).rejects.toMatchObject({
      code: 'device/fault',
      message: expect.stringMatching(/the window that offered it is closed/) as string,
    });
    await vi.advanceTimersByTimeAsync(10);
    const {last} = await following;
    // It is followed while it computes, until the window is closed.
    const computing = follow(last);
    await vi.advanceTimersByTimeAsync(20_000);
    leave();
    await computing;
    await vi.advanceTimersByTimeAsync(times.absenceMs);
    await refused;
    expect((await offers.orders(id, {after: last, waitMs: 1000})).ending).toMatch(/closed/);
    expect(offers.withdraw(id, 'again')).toBe(false);
  });

  test('when it is late, with more time for the first step', async () => {
    const {offers, id, follow} = offered();
    const followed = (async () => {
      for (let after = 0; ;) {
        const {last, ending} = await follow(after);
        if (ending !== null) return ending;
        after = last;
      }
    })();
    const link = offers.take(id);
    let hasEnded = false;
    const opening = link.perform(openOrder).finally(() => (hasEnded = true));
    await vi.advanceTimersByTimeAsync(times.stepMs + 1000);
    expect(hasEnded).toBe(false);
    offers.answer(id, {number: 1, first: 0, total: 0, values: new Float32Array(0)});
    expect(await opening).toEqual(new Float32Array(0));
    const refused = expect(link.perform(order)).rejects.toThrow(/not answered for 30 s/);
    await vi.advanceTimersByTimeAsync(times.stepMs + 1000);
    await refused;
    await expect(link.perform(order)).rejects.toThrow(/does not compute any more/);
    expect(await followed).toMatch(/not answered/);
  });

  test('when it is withdrawn, before and after a training took it', async () => {
    const {offers, id} = offered();
    expect(offers.withdraw(id, 'the page was left')).toBe(true);
    expect(() => offers.take(id)).toThrow(/not offered any more: the page was left/);
    const {id: other} = offers.offer('Fake 2');
    const refused = expect(offers.take(other).perform(order)).rejects.toThrow(/its GPU was lost/);
    offers.withdraw(other, 'its GPU was lost');
    await refused;
  });
});
