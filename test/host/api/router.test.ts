import {unlazy, type Lazyable} from '@orpc/server';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {createRouter} from '../../../src/host/api/router.ts';
import {startHost, type TestHost} from '../bench-service/bench-fixture.ts';

let at: TestHost;
beforeAll(async () => {
  at = await startHost();
});
afterAll(() => at[Symbol.asyncDispose]());

it('makes each feature once, so that what one call has begun the next call knows', async () => {
  const router = createRouter(at.services, {links: () => [], openApiPath: ''});
  const features: readonly Lazyable<unknown>[] = Object.values(router);
  for (const feature of features) {
    const [first, again] = [await unlazy(feature), await unlazy(feature)];
    expect(again.default).toBe(first.default);
  }
});
