import {describe, expect, it} from 'vitest';
import {createRandom} from '../../../src/base/random.ts';
import {asDesigned} from '../../../src/twin/alignment/arrangement.ts';
import {coarseSearch} from '../../../src/twin/alignment/coarse-search.ts';
import {searchFarAway, searchFurtherAway} from '../../../src/twin/alignment/far-search.ts';
import {searchOrientation} from '../../../src/twin/alignment/orientation.ts';
import type {BenchState} from '../../../src/twin/alignment/state.ts';
import {createEngine, createSettings, designed, measurePlanes} from './small-bench.ts';

const settings = createSettings(3);
const engine = createEngine(settings);

/** Plates up to so far off, in every direction. */
function farAway(seed: number, {lateralMm, rotationDeg} = {lateralMm: 1.2, rotationDeg: 1.5}): BenchState {
  const random = createRandom(`far ${seed}`);
  const within = (limit: number): number => limit * (2 * random.uniform() - 1);
  return {
    ...designed,
    plates: designed.plates.map((plate) => ({
      ...plate,
      dxMm: within(lateralMm),
      dyMm: within(lateralMm),
      rotationDeg: within(rotationDeg),
    })),
    frame: {...designed.frame, dxMm: within(1), dyMm: within(1)},
  };
}

/** How far the plate that is worst is from where it stands, mm. */
const errorMm = (found: BenchState, truth: BenchState): number =>
  Math.max(
    ...found.plates.map(({dxMm, dyMm}, i) =>
      Math.hypot(dxMm - truth.plates[i].dxMm, dyMm - truth.plates[i].dyMm),
    ),
  );

describe('the search for plates far off', () => {
  it.each([4, 5, 6, 7])('finds what a fit from the middle does not (bench %i)', async (seed) => {
    const truth = farAway(seed);
    const planes = measurePlanes(settings, truth, seed);
    expect((await coarseSearch(engine, planes, designed)).isConverged).toBe(false);
    const found = await searchFarAway(engine, planes, designed);
    expect(found.isConverged).toBe(true);
    expect(errorMm(found.state, truth)).toBeLessThan(0.05);
  });

  // Planes of 225 points tell so much on about every other bench of this size.
  it.each([1, 8, 9])(
    'finds plates up to 2 mm and 3 degrees off out of generations (bench %i)',
    async (seed) => {
      const truth = farAway(seed, {lateralMm: 2, rotationDeg: 3});
      const planes = measurePlanes(settings, truth, seed);
      const found = await searchFurtherAway(engine, planes, designed);
      expect(found.isConverged).toBe(true);
      expect(errorMm(found.state, truth)).toBeLessThan(0.05);
    },
  );

  it('leaves what is held where it is', async () => {
    const truth = {
      ...designed,
      plates: designed.plates.with(1, {...designed.plates[1], dxMm: 0.9, dyMm: -0.7}),
    };
    const planes = measurePlanes(settings, truth, 3);
    const free = new Set(['plate2.dx', 'plate2.dy']);
    for (const search of [searchFarAway, searchFurtherAway]) {
      const {state, isConverged} = await search(engine, planes, designed, {free});
      expect(isConverged).toBe(true);
      expect(errorMm(state, truth)).toBeLessThan(0.05);
      expect(state.plates[0]).toEqual(designed.plates[0]);
      expect(state.plates[1].rotationDeg).toBe(0);
      expect(state.frame).toEqual(designed.frame);
    }
  });

  it('says so when nothing converges', async () => {
    const planes = measurePlanes(settings, farAway(1), 1);
    const mixed = planes.map((plane, i) => ({...plane, values: planes[(i + 1) % 3].values}));
    expect((await searchFarAway(engine, mixed, designed)).isConverged).toBe(false);
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    const running = searchFarAway(engine, measurePlanes(settings, farAway(1), 1), designed, {
      signal: stop.signal,
      onStep: () => stop.abort(new Error('stopped by the operator')),
    });
    await expect(running).rejects.toThrow('stopped by the operator');
  });
});

describe('the search for assembly errors', () => {
  it('leaves everything as designed where no mistake comes near', async () => {
    const planes = measurePlanes(settings, farAway(2), 2);
    const coarse = await coarseSearch(engine, planes, designed);
    const arrangement = {...asDesigned(2), object: 1};
    const found = await searchOrientation(engine, planes, {
      start: designed,
      designed: coarse,
      ranking: {
        designedMisfit: 1,
        assemblyErrors: [
          {text: 'the mask is mirrored left-right', arrangement, misfit: 3, unexplainedRatio: 4},
        ],
      },
    });
    expect(found.arrangement).toEqual(asDesigned(2));
    expect(found.findings.filter(({isChosen}) => isChosen).map(({text}) => text)).toEqual(['as designed']);
  });
});
