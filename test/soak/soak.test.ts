import {existsSync} from 'node:fs';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {createSmallDesign, dimScene, type SmallDesign} from '../virtual/small-design.ts';
import {runSoak} from './run-soak.ts';
import {growthOf, quantileOf, type SoakSample} from './soak-plan.ts';

let small: SmallDesign;
beforeAll(async () => void (small = await createSmallDesign()));
afterAll(() => small[Symbol.dispose]());

/** A little of `npm run soak`: every instrument connected again, one of them in the middle of a scan. */
test.skipIf(!existsSync('/proc/self/fd'))(
  'a host loses and doubles no point and keeps no handle over scans, STOP, pulled cables and readers that vanish',
  async () => {
    const {samples, counts, problems, sentMs} = await runSoak({
      pointCount: 290,
      reconnectCount: 7,
      sideCount: 8,
      sampleCount: 4,
      speed: 1000,
      designFolder: small.folder,
      scene: dimScene,
    });
    expect(problems).toEqual([]);
    expect(counts.points).toBeGreaterThanOrEqual(290);
    expect(counts).toMatchObject({reconnects: 7, cutScans: 1});
    expect(counts.vanishedReaders).toBeGreaterThan(5);
    // A round may pass two of the four marks.
    expect(samples.length).toBeGreaterThanOrEqual(3);
    // The first stretch still opens what is used from then on.
    const [, second] = samples;
    for (const {fileCount, resources} of samples.slice(2)) {
      expect(fileCount).toBeLessThanOrEqual(second.fileCount);
      expect(resources['TCPSocketWrap']).toBe(second.resources['TCPSocketWrap']);
    }
    expect(sentMs.length).toBeGreaterThan(2);
  },
);

test('growth is told from what goes up and down, and from what fills at first', () => {
  const samplesOf = (values: readonly number[]): SoakSample[] =>
    values.map((heapBytes) => ({
      heapBytes,
      residentBytes: 0,
      fileCount: 0,
      resources: {},
      points: 0,
      reconnects: 0,
      realS: 0,
      pointsPerS: 0,
      stopMs: [],
    }));
  const grown = (values: readonly number[]) =>
    growthOf(samplesOf(values), ({heapBytes}) => heapBytes, {allowed: 5, allowedRatio: 0});
  expect(grown([10, 60, 100, 98, 104, 101, 97, 103, 102])).toBeNull();
  expect(grown([100, 104, 108, 112, 116, 120, 124, 128, 132])).toEqual({before: 116, after: 128});
  expect(quantileOf([5, 1, 3], 0.5)).toBe(3);
});
