import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {ToleranceStudy} from '../../../src/contract/tolerance.ts';
import {createSmallDesign, type SmallDesign} from '../../virtual/small-design.ts';
import {createHost} from './api-fixture.ts';
import {clientOf, follow} from './computations.ts';

let small: SmallDesign;
beforeAll(async () => {
  small = await createSmallDesign(8, {plateCount: 1});
});
afterAll(() => small[Symbol.dispose]());

/** IDX files of 12 pictures of 8 x 8 pixels in two classes, or of the classes given. */
function pictures(labels = Array.from({length: 12}, (_, i) => i % 2)) {
  const header = (...sizes: number[]): Buffer => {
    const bytes = Buffer.alloc(4 + 4 * sizes.length);
    bytes.writeUInt32BE(0x0800 + sizes.length);
    sizes.forEach((size, i) => bytes.writeUInt32BE(size, 4 + 4 * i));
    return bytes;
  };
  const pixels = Buffer.from(
    Array.from({length: labels.length * 64}, (_, i) => ((i * 7 + Math.floor(i / 64)) % 3 === 0 ? 255 : 0)),
  );
  const [imagesPath, labelsPath] = ['images', 'labels'].map((name) =>
    join(small.folder, `${name}-${labels.join('')}`),
  );
  writeFileSync(imagesPath, Buffer.concat([header(labels.length, 8, 8), pixels]));
  writeFileSync(labelsPath, Buffer.concat([header(labels.length), Buffer.from(labels)]));
  return {kind: 'files', imagesPath, labelsPath} as const;
}

const settings = {benchCount: 2, digitsPerBench: 6, wantedMatch: 0.9, isQuick: true} as const;

test('a study tells its time first, is the same for the same seed, and suggests what it has verified', async () => {
  await using host = await createHost();
  const client = clientOf(host, 'admin');
  const input = {designFolder: small.folder, images: pictures(), settings, workerCount: 2};
  const estimate = await client.twin.toleranceEstimate(input);
  expect(estimate.seconds).toBeGreaterThan(0);
  expect(estimate.longestSeconds).toBeGreaterThan(estimate.seconds);
  const study = async (workerCount: number): Promise<ToleranceStudy> => {
    const {id} = await client.twin.tolerance({...input, workerCount});
    const {state, notes, progress} = await follow(host, id);
    expect(state).toBe('done');
    expect(notes[0]).toMatch(/\d+ planes on \d threads: about \d+ s/);
    expect(progress?.done).toBeCloseTo(100, 6);
    const result = await client.computations.result({id});
    if (result.kind !== 'tolerance') throw new Error(`a study, not ${result.kind}`);
    return result.study;
  };
  const first = await study(2);
  expect(await study(1)).toEqual(first);

  expect(first.together.match.values).toHaveLength(2);
  expect(first.together.matchRate.count).toBe(12);
  expect(first.rows).toHaveLength(9);
  expect(first.rows.map(({loss}) => loss)).toEqual(first.rows.map(({loss}) => loss).sort((a, b) => b - a));
  for (const {points, suggestedSize} of first.rows) {
    const matches = points.map(({fittedMatch}) => fittedMatch);
    expect(matches).toEqual([...matches].sort((a, b) => b - a));
    expect(suggestedSize).toBeGreaterThanOrEqual(0);
    expect(suggestedSize).toBeLessThanOrEqual(points[points.length - 1].size);
  }
  const last = first.verified[first.verified.length - 1].matchRate;
  expect(first.isReached).toBe(last.rate >= 0.9);
  if (!first.isReached) expect(first.verified).toHaveLength(3);
  expect(first.quickError?.imageCount).toBe(12);
}, 120_000);

test('a study is stopped, and what cannot be studied is refused before it begins', async () => {
  await using host = await createHost();
  const client = clientOf(host, 'admin');
  const input = {designFolder: small.folder, images: pictures(), settings};
  const {id} = await client.twin.tolerance({
    ...input,
    settings: {...settings, benchCount: 1000, digitsPerBench: 100},
  });
  await follow(host, id, ({notes}) => notes.length > 0);
  expect(await client.computations.stop({id})).toEqual({hasStopped: true});

  const bench = join(small.folder, 'far.yaml');
  writeFileSync(
    bench,
    `${readFileSync('benches/example.yaml', 'utf8')}measurement: {plates: {axialMm: 20}}\n`,
  );
  const far = {...input, bench: {kind: 'file', path: bench}} as const;
  const refusal = {
    data: {code: 'plan/invalid', message: expect.stringContaining('plates: axial') as string},
  };
  await expect(client.twin.tolerance(far)).rejects.toMatchObject(refusal);
  await expect(client.twin.toleranceEstimate(far)).rejects.toMatchObject(refusal);

  const odd = await client.twin.tolerance({...input, images: pictures([0, 1, 5])});
  expect(await follow(host, odd.id)).toMatchObject({
    state: 'failed',
    problem: {code: 'file/invalid', message: expect.stringContaining('label 2 is 5') as string},
  });
}, 60_000);
