import {join} from 'node:path';
import {createRouterClient} from '@orpc/server';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {createCallerContext} from '../../../src/host/api/clients.ts';
import {pageFeatures} from '../../../src/host/api/router.ts';
import {chooseTestDigits, digitIdOf} from '../../../src/host/campaign/digits.ts';
import type {Design} from '../../../src/twin/design/load.ts';
import {createPlates} from '../alignment/small-plates.ts';
import {startHost, until, type TestHost} from '../bench-service/bench-fixture.ts';

let at: TestHost;
/** Of two small plates: what is measured next is tried here, not how well a bench is found. */
let design: Design;
let designFolder: string;
let api: ReturnType<typeof clientOf>;
const clientOf = ({services}: TestHost) =>
  createRouterClient(pageFeatures(services), {
    context: createCallerContext(services, {scope: 'admin', client: 'test'}),
  });
const speed = 300;
/** Bench of a seed, all of whose runs have ended. */
const open = (seed: number) => at.api.bench.open({kind: 'virtual', speed, seed, designFolder});
const runEnded = () =>
  until(async () => {
    const {run} = await at.api.bench.status({});
    return run?.state === 'ended' && run;
  });
/** Looked at rarely: all alignments are read each time. */
const alignments = (count: number) =>
  until(async () => {
    const found = (await api.align.results({})).alignments;
    return found.length === count && found;
  }, 500);

beforeAll(async () => {
  at = await startHost();
  api = clientOf(at);
  designFolder = join(at.folder, 'two-plates');
  design = await createPlates(designFolder, 'two plates', [0, 1]);
  await open(2);
});
afterAll(() => at[Symbol.asyncDispose]());

it('measures one object more and aligns it together with the planes that there were', async () => {
  const [, , third] = chooseTestDigits(3, 1, design.file);
  await api.campaign.start({
    designFolder,
    digitCount: 2,
    stepMm: 1.8,
    marginMm: 2,
    referenceEvery: 0,
    title: 'first planes',
  });
  expect(await runEnded()).toMatchObject({exitStatus: 'success'});
  const [source] = (await api.align.sources({})).sources;
  const free = ['plate1.dx', 'plate1.dy', 'plate2.dx', 'plate2.dy', 'frame.dx', 'frame.dy', 'frame.rotation'];
  await api.align.start({sessionUid: source.sessionUid, free});
  const [first] = await alignments(1);

  await api.align.measureNext({uid: first.uid, objects: [digitIdOf(third)]});
  expect(await runEnded()).toMatchObject({exitStatus: 'success'});
  const [both] = await alignments(2);
  expect(both).toMatchObject({planeCount: 3, otherSessionTitles: ['first planes']});
  expect(both.sessionUid).not.toBe(first.sessionUid);
  const [before, after] = await Promise.all([first, both].map(({uid}) => api.align.result({uid})));
  // Measured as the others were, and the same numbers left free.
  expect(after.pictures.map(({measured}) => measured.values.length)).toEqual(
    Array.from({length: 3}, () => before.pictures[0].measured.values.length),
  );
  const names = ({result}: typeof before) => result.parameters.map(({name}) => name);
  expect(names(after)).toEqual(names(before));
  expect(after.result.verdict).not.toBe('failed');

  // Another bench has nothing to add.
  await at.api.bench.close({});
  await expect(api.align.measureNext({uid: first.uid, objects: [digitIdOf(third)]})).rejects.toThrow();
  await open(3);
  await expect(api.align.measureNext({uid: first.uid, objects: [digitIdOf(third)]})).rejects.toThrow(
    /another one than that of this alignment.*Nothing was begun/,
  );
});
