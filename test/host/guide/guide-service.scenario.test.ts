import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Guide, GuideStep} from '../../../src/contract/api/index.ts';
import {alignmentKind} from '../../../src/host/placements/alignment-records.ts';
import {placementKinds} from '../../../src/host/placements/placements.ts';
import {listGuides, readGuidePlanes} from '../../../src/host/guide/guide-view.ts';
import {calibrationKinds} from '../../../src/host/calibrations/calibration-kinds.ts';
import {createPlates} from '../alignment/small-plates.ts';
import {createGuideBench, quickOptions, type GuideBench} from './guide-bench.ts';
import type {CalibrationKind} from '../../../src/contract/stored/calibration-records.ts';

const stepOf = (guide: Guide, id: string): GuideStep => {
  const step = guide.steps.find((own) => own.id === id);
  if (!step) throw new Error(`There is no step ${id}.`);
  return step;
};
const {signal} = new AbortController();

let own: GuideBench;
beforeAll(async () => {
  own = await createGuideBench(5);
});
afterAll(async () => own[Symbol.asyncDispose]());

const begin = async (changes: Parameters<typeof quickOptions>[0] = {}): Promise<string> => {
  const {design, designFolder} = own;
  const options = quickOptions(changes);
  return (await own.guideService.begin(own.bench, {design, designFolder, options, operator: 'Ada'}))
    .sessionUid;
};
const run = async (sessionUid: string, stepId: string): Promise<GuideStep> =>
  stepOf(await own.guideService.run(own.bench, {sessionUid, stepId}, {signal}), stepId);
const decide = (
  sessionUid: string,
  stepId: string,
  decision: 'accept' | 'override' | 'skip',
  note = '',
): Promise<Guide> => own.guideService.decide({sessionUid, stepId, decision, note, author: 'Ada'});
const ledger = (kind: CalibrationKind, sessionUid: string) =>
  own.store.listCalibrations(kind).filter((calibration) => calibration.sessionUid === sessionUid);

describe('a guided alignment of plates that stand off by up to 2 mm and 3 degrees', () => {
  let sessionUid: string;

  test('finds light and noise, then the beam of the empty bench, by numbers that are stated', async () => {
    sessionUid = await begin();
    expect(own.guideService.get(sessionUid).steps.map(({id, state}) => `${id} ${state}`)).toEqual([
      'reference waiting',
      'beam waiting',
      'plates-1 waiting',
      'plates-2 waiting',
      'stack waiting',
    ]);
    await expect(run(sessionUid, 'beam')).rejects.toMatchObject({
      code: 'plan/invalid',
      message: expect.stringMatching(/"Dark level and reference" is next/) as string,
    });
    await expect(decide(sessionUid, 'reference', 'accept')).rejects.toThrow(/not measured to its end/);
    await expect(decide(sessionUid, 'reference', 'skip')).rejects.toThrow(/cannot be left out/);
    const reference = await run(sessionUid, 'reference');
    expect(reference.state).toBe('passed');
    for (const {isMet, value, limit, source} of reference.criteria) {
      expect(isMet).toBe(true);
      expect(value).toBeLessThan(limit);
      expect(source).not.toBe('');
    }
    expect(ledger(calibrationKinds.darkLevel, sessionUid)).toHaveLength(1);
    await decide(sessionUid, 'reference', 'accept');

    const beam = await run(sessionUid, 'beam');
    expect(beam.criteria.filter(({isMet}) => !isMet)).toEqual([]);
    const {center, placements} = await truthOf();
    const [x, y] = ['centre, x', 'centre, y'].map((name) =>
      beam.numbers.find((number) => number.name === name),
    );
    // In the scan's frame, which stands up to a millimetre beside the optical axis.
    expect(Math.abs((x?.seen ?? NaN) - (center.xMm - placements.output.dxMm))).toBeLessThan(0.4);
    expect(Math.abs((y?.seen ?? NaN) - (center.yMm - placements.output.dyMm))).toBeLessThan(0.4);
    const [calibration] = ledger(calibrationKinds.beamProfile, sessionUid);
    expect(calibration.validUntilS).toBeGreaterThan(Date.now() / 1000);
    const planes = readGuidePlanes(own.store, beam.planes[0].artifactUid);
    expect(planes.seen.rows).toBe(planes.expected.rows);
    const brightest = Math.max(...planes.seen.values);
    expect(Math.abs(Math.max(...planes.found.values) - brightest)).toBeLessThan(0.03 * brightest);
    await decide(sessionUid, 'beam', 'accept');
  });

  test('a host that ends in the middle loses nothing, and the procedure goes on at the step that is next', async () => {
    const controller = new AbortController();
    const running = own.guideService.run(
      own.bench,
      {sessionUid, stepId: 'plates-1'},
      {
        signal: controller.signal,
        onEvent: (event) => {
          if (event.type === 'progress' && event.label !== 'beam-find' && event.done > 20) controller.abort();
        },
      },
    );
    await expect(running).rejects.toMatchObject({
      name: expect.stringMatching(/AbortError|BenchError/) as string,
    });
    expect((await own.virtual.readState()).isOutputOn).toBe(false);
    own.reopen();
    const guide = own.guideService.get(sessionUid);
    expect(guide.currentStepId).toBe('plates-1');
    expect(stepOf(guide, 'reference').state).toBe('accepted');
    expect(stepOf(guide, 'plates-1')).toMatchObject({state: 'interrupted', attemptCount: 1});
    expect(ledger(alignmentKind, sessionUid)).toEqual([]);
    await expect(decide(sessionUid, 'plates-1', 'accept')).rejects.toThrow(/not measured to its end/);
  });

  test('plates are found one after the other, each with its error bar', async () => {
    for (const plate of [1, 2]) {
      const step = await run(sessionUid, `plates-${plate}`);
      expect(step.criteria.filter(({isMet}) => !isMet)).toEqual([]);
      const {placements} = await truthOf();
      const {dxMm, dyMm, rotationDeg} = placements.layers[plate - 1];
      for (const [name, truth, most] of [
        ['x', dxMm - placements.object.dxMm, 0.1],
        ['y', dyMm - placements.object.dyMm, 0.1],
        ['turn', rotationDeg, 0.5],
      ] as const) {
        const number = step.numbers.find((candidate) => candidate.name === `plate ${plate}, ${name}`);
        expect(Math.abs((number?.seen ?? NaN) - truth), `plate ${plate}, ${name}`).toBeLessThan(most);
        expect(number?.seenSigma).toBeGreaterThan(0);
      }
      expect(step.planes).toHaveLength(2);
      await decide(sessionUid, `plates-${plate}`, 'accept');
    }
    expect(own.requests.filter(({kind}) => kind === 'set-plates').at(-1)).toMatchObject({plates: [1, 2]});
  });

  test('the whole stack begins where the steps before ended, and accepting makes the placement active', async () => {
    const stack = await run(sessionUid, 'stack');
    expect(stack.criteria.filter(({isMet}) => !isMet)).toEqual([]);
    const campaignUid = stack.campaignUid ?? '';
    expect(ledger(placementKinds.placement, campaignUid)).toEqual([]);
    const correlation = stack.agreement.find(({name}) => name === 'correlation');
    expect(correlation?.aligned?.low).toBeGreaterThan(correlation?.designed?.high ?? 1);
    expect(stack.corrections.join(' ')).toMatch(/move plate \d by .* mm/);
    const guide = await decide(sessionUid, 'stack', 'accept');
    expect(guide.currentStepId).toBeNull();
    expect(ledger(placementKinds.placement, campaignUid)).toHaveLength(1);
    const summary = listGuides(own.store, own.guideService.live()).find(
      (candidate) => candidate.sessionUid === sessionUid,
    );
    expect(summary).toMatchObject({decidedCount: 5, stepCount: 5, isRunning: false});
  });

  test('another bench is refused', async () => {
    const other = {...own.bench, seed: 99};
    await expect(own.guideService.run(other, {sessionUid, stepId: 'stack'}, {signal})).rejects.toThrow(
      /belongs to the bench .* seed 5/,
    );
  });
});

describe('what is not right is told and leaves nothing behind', () => {
  let sessionUid: string;

  test('no light: the reference is refused in a sentence', async () => {
    sessionUid = await begin({singleObjectCount: 1});
    await own.virtual.blockBeam();
    try {
      await expect(run(sessionUid, 'reference')).rejects.toThrow(
        /no light on the detector|No beam was found/,
      );
    } finally {
      await own.virtual.unblockBeam();
    }
    const step = stepOf(own.guideService.get(sessionUid), 'reference');
    expect(step.state).toBe('failed');
    expect(step.stateText).toMatch(/light|beam/);
    expect(own.store.listAllCalibrations().some((calibration) => calibration.sessionUid === sessionUid)).toBe(
      false,
    );
    await expect(decide(sessionUid, 'reference', 'accept')).rejects.toThrow(/not every criterion/);
    await expect(decide(sessionUid, 'reference', 'override', ' ')).rejects.toThrow(/needs a note/);
    const guide = await decide(
      sessionUid,
      'reference',
      'override',
      'the shutter was closed; known from yesterday',
    );
    expect(stepOf(guide, 'reference')).toMatchObject({
      state: 'overridden',
      note: 'the shutter was closed; known from yesterday',
    });
    expect(own.store.listNotes(sessionUid).map(({text}) => text)).toEqual([
      expect.stringMatching(/shutter was closed/),
    ]);
  });

  test('plates that still stand are no beam, a plate that is missing is named', async () => {
    await own.virtual.setPlatesPresent([1, 2]);
    own.ignores = 'set-plates';
    try {
      const beam = await run(sessionUid, 'beam');
      expect(beam.state).toBe('failed');
      expect(beam.advice[0]).toMatch(/plate or the mask still stands/);
      expect(ledger(calibrationKinds.beamProfile, sessionUid)).toEqual([]);
      await decide(sessionUid, 'beam', 'skip');
      await own.virtual.setPlatesPresent([]);
      const plates = await run(sessionUid, 'plates-1');
      expect(plates.state).toBe('failed');
      expect(plates.advice.join(' ')).toMatch(/Plate 1 is not in the bench/);
    } finally {
      own.ignores = null;
    }
    expect(ledger(alignmentKind, sessionUid)).toEqual([]);
  });

  test('plates of another design are not explained, and nothing is stored as a placement', async () => {
    const designFolder = `${own.designFolder}-other`;
    const design = await createPlates(designFolder, 'other plates', [3, 4]);
    const options = quickOptions({singleObjectCount: 1, singleStepMm: 1.2});
    const {sessionUid} = await own.guideService.begin(own.bench, {
      design,
      designFolder,
      options,
      operator: 'Ada',
    });
    await decide(sessionUid, await passed(sessionUid, 'reference'), 'accept');
    await decide(sessionUid, 'beam', 'skip');
    const step = await run(sessionUid, 'plates-1');
    expect(step.state).toBe('failed');
    expect(step.criteria.find(({name}) => name === 'unexplained part of the light')?.isMet).toBe(false);
    expect(step.advice.join(' ')).toMatch(/right one of this design|not in the bench|No placement/);
    expect(own.store.listCalibrations(alignmentKind).some((own) => own.sessionUid === sessionUid)).toBe(
      false,
    );
  });

  async function passed(sessionUid: string, stepId: string): Promise<string> {
    expect((await run(sessionUid, stepId)).state).toBe('passed');
    return stepId;
  }
});

async function truthOf() {
  const truth = await own.virtual.readTruth();
  return {placements: truth.placements, center: truth.illuminationCenterMm};
}
