import {createRouterClient} from '@orpc/server';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {AlignmentResult} from '../../../src/contract/alignment.ts';
import {createCallerContext} from '../../../src/host/api/clients.ts';
import {correctionApi} from '../../../src/host/api/correction.ts';
import {createSmallDesign, type SmallDesign} from '../../virtual/small-design.ts';
import {storeAlignment} from '../corrections/stored-alignment.ts';
import {startHost, stopSentWithinMs, until, type TestHost} from '../bench-service/bench-fixture.ts';

let at: TestHost;
/** Five small plates: nothing is measured here. */
let small: SmallDesign;
let api: ReturnType<typeof clientOf>;
const clientOf = ({services}: TestHost) =>
  createRouterClient(
    {correction: correctionApi(services)},
    {context: createCallerContext(services, {scope: 'admin', client: 'test'})},
  );

beforeAll(async () => {
  at = await startHost();
  small = await createSmallDesign(8, {plateCount: 5});
  api = clientOf(at);
  // Slow enough that a plate that moves by millimetres is still on its way when it has been seen to have begun.
  await at.api.bench.open({kind: 'virtual', speed: 1, seed: 1, hasMounts: true, designFolder: small.folder});
});
afterAll(async () => {
  await at[Symbol.asyncDispose]();
  small[Symbol.dispose]();
});

/** Stores what an alignment of the open bench would have found. */
const addAlignment = (
  parameters: Readonly<Record<string, number>>,
  verdict: AlignmentResult['verdict'] = 'trusted',
): Promise<string> => storeAlignment(at.services.store, small, {benchSeed: 1, parameters, verdict});

const runEnded = () =>
  until(async () => {
    const {run} = await at.api.bench.status({});
    return run?.state === 'ended' && run;
  });
const dxOf = async (plate: number) => (await at.virtual().readTruth()).placements.layers[plate - 1].dxMm;

describe('a correction by mounts from a window', () => {
  it('lists every move, moves what was agreed to as a job, and moves back', async () => {
    const alignmentUid = await addAlignment({'plate2.dx': 0.2, 'plate5.rotation': -1.2, 'plate3.dy': 0.004});
    const plan = await api.correction.plan({alignmentUid});
    expect(plan.refusal).toBe('');
    expect(plan.moves.map(({plate, axes}) => [plate, axes[0]?.axis, axes[0]?.to])).toEqual([
      [2, 'dxMm', -0.2],
      [5, 'rotationDeg', 1.2],
    ]);
    expect(plan.leftOut.join(' ')).toContain('Plate 3');
    const before = await dxOf(2);
    await api.correction.apply({alignmentUid, shown: plan.moves});
    expect(await runEnded()).toMatchObject({
      kind: 'correction',
      exitStatus: 'success',
      title: 'correction of 2 plates',
    });
    expect(await dxOf(2)).toBeCloseTo(before - 0.2, 3);
    const shown = async () => (await api.correction.list({alignmentUid})).corrections[0];
    expect(await shown()).toMatchObject({
      state: 'done',
      by: 'test',
      keepRefusal: '',
      undoRefusal: '',
      check: null,
    });

    // What a person has agreed to is not what would be done now.
    await expect(api.correction.apply({alignmentUid, shown: plan.moves})).resolves.toBeDefined();
    expect(await runEnded()).toMatchObject({
      exitStatus: 'fail',
      reason: expect.stringContaining('moved since') as string,
    });

    const correction = await shown();
    await api.correction.undo({uid: correction?.uid ?? ''});
    expect(await runEnded()).toMatchObject({exitStatus: 'success'});
    expect(await dxOf(2)).toBeCloseTo(before, 3);
    expect(await shown()).toMatchObject({state: 'undone'});
  });

  it('is ended by STOP in mid-move, and can be undone', async () => {
    const alignmentUid = await addAlignment({'plate1.dx': -2.5, 'plate2.dx': 0.1});
    const {moves} = await api.correction.plan({alignmentUid});
    const [before, other] = [await dxOf(1), await dxOf(2)];
    await api.correction.apply({alignmentUid, shown: moves});
    await until(async () => {
      const {mount} = await at.api.bench.status({});
      const plate = mount?.plates.find((own) => own.plate === 1);
      return plate?.isMoving && (plate.axes[0]?.offset ?? 0) > 0.2;
    });
    const halt = await at.api.app.halt({});
    expect(halt.sentMs).toBeLessThan(stopSentWithinMs);
    expect(halt.problems).toEqual([]);
    expect(await runEnded()).toMatchObject({exitStatus: 'abort'});
    const stood = (await dxOf(1)) - before;
    expect(stood).toBeGreaterThan(0.2);
    expect(stood).toBeLessThan(2.4);
    expect(await dxOf(2)).toBe(other);
    const [correction] = (await api.correction.list({alignmentUid})).corrections;
    expect(correction).toMatchObject({state: 'stopped', undoRefusal: ''});
    expect(correction?.text).toMatch(/Plate 2 did not move/);
    await api.correction.undo({uid: correction?.uid ?? ''});
    expect(await runEnded()).toMatchObject({exitStatus: 'success'});
    expect(await dxOf(1)).toBeCloseTo(before, 3);
  });

  it('follows a doubtful alignment only when somebody says so', async () => {
    const alignmentUid = await addAlignment({'plate4.dy': 0.2}, 'doubtful');
    const plan = await api.correction.plan({alignmentUid});
    expect(plan).toMatchObject({
      isDoubtOnly: true,
      refusal: expect.stringContaining('not explained') as string,
    });
    expect(await api.correction.plan({alignmentUid, allowDoubtful: true})).toMatchObject({
      refusal: '',
      isDoubtOnly: false,
    });
    await api.correction.apply({alignmentUid, shown: plan.moves});
    expect(await runEnded()).toMatchObject({exitStatus: 'fail'});
    expect((await api.correction.list({alignmentUid})).corrections).toEqual([]);
  });
});
