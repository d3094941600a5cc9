import {connect} from 'node:net';
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {Sr830} from '../../../drivers/lockin/sr830-device.ts';
import {GrblStage} from '../../../drivers/stage/grbl-stage.ts';
import type {RunStatus} from '../../../src/contract/api/index.ts';
import {grid, startHost, storedRun, storedRuns, until, type TestHost} from './bench-fixture.ts';
import {dimScene} from '../../virtual/small-design.ts';

/** What another program, or a hand at a front panel, leaves behind between two runs. */

let at: TestHost;

beforeAll(async () => {
  at = await startHost({timeoutScale: 1, smallPlates: 3, scene: dimScene});
  await at.api.bench.open({kind: 'virtual', speed: 100});
});
afterAll(() => at[Symbol.asyncDispose]());

const lockIn = (): Sr830 => {
  const device = at.services.bench.instruments().find(({kind}) => kind === 'detector')?.device;
  if (!(device instanceof Sr830)) throw new Error('The lock-in is not there.');
  return device;
};
/** On the line itself: the driver does not notice. */
const toLockIn = (line: string): Promise<void> => lockIn().wire.link.send(line);

/** On a connection of its own, as a second program would. */
async function toSource(...lines: readonly string[]): Promise<void> {
  const {host, port} = at.virtual().instruments.find(({role}) => role === 'source') ?? {};
  if (host === undefined || port === undefined) throw new Error('The source listens nowhere.');
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(`${[...lines, '*OPC?'].join('\n')}\n`));
    socket.once('error', reject);
    socket.once('data', () => {
      socket.end();
      resolve();
    });
  });
}

const run = async (): Promise<RunStatus> => {
  const {run: found} = await at.api.bench.status({});
  if (!found) throw new Error('There is no run.');
  return found;
};
const ended = () => until(async () => (await run()).state === 'ended' && run(), 50);
const prompted = () => until(async () => (await at.api.bench.status({})).prompt);
const notesOf = (uid: string): string[] => {
  const {sessionUid} = storedRun(at, uid);
  return at.services.store
    .listNotes(sessionUid)
    .filter(({runUid}) => runUid === uid)
    .map(({text}) => text);
};
const recordsOf = (status: RunStatus) => {
  if (status.runUid === null) throw new Error(`There was no run: ${status.reason}`);
  return {...at.services.store.getRun(status.runUid), notes: notesOf(status.runUid)};
};

beforeEach(async () => {
  await toLockIn('HARM 1;FMOD 0;RSLP 1;ISRC 0;OEXP 1,0,0;OEXP 3,0,0');
  // Its mistakes stay in the error queue of all.
  await toSource(
    'FREQ:OFFS 0',
    'FREQ:MULT 1',
    'POW:OFFS 0',
    'FOO 1',
    'AM:STAT OFF',
    'POW:ALC ON',
    'FREQ:MODE CW',
  );
});

describe('settings that another program has left', () => {
  it('are asked for before anything moves; the safe value is set on a word, and the run says so', async () => {
    await toLockIn('HARM 2');
    const before = (await at.virtual().readState()).probeMm;
    await at.api.scan.start({plan: grid(2)});
    const prompt = await prompted();
    expect(prompt).toMatchObject({
      kind: 'settings',
      differences: [{role: 'lockin', name: 'harmonic', found: 2, wanted: 1, wantedBy: 'driver'}],
    });
    expect(prompt.choices.map(({id}) => id)).toEqual(['set-right', 'keep', 'cancel']);
    expect(await at.virtual().readState()).toMatchObject({isOutputOn: false, probeMm: before});
    await expect(at.api.bench.answerPrompt({id: prompt.id, answer: 'done'})).rejects.toMatchObject({
      data: {code: 'plan/invalid'},
    });
    await at.api.bench.answerPrompt({id: prompt.id, answer: 'done', choice: 'set-right'});
    const {start, descriptors, notes} = recordsOf(await ended());
    expect(start.settings_judged).toMatchObject([
      {name: 'harmonic', found: 2, wanted: 1, outcome: 'put-right'},
    ]);
    expect(descriptors[0]?.configuration['lockin']?.data['harmonic']).toBe(1);
    expect(notes.join(' ')).toContain('(harmonic) is 2 instead of 1');
    expect(await lockIn().get('harmonic')).toBe(1);
  });

  it('are kept on a word, asked once for all runs, and the run says so', async () => {
    await toLockIn('RSLP 2');
    await at.api.scan.start({plan: grid(2), onSettings: 'keep'});
    const status = await ended();
    expect(status).toMatchObject({reason: '', exitStatus: 'success'});
    expect(recordsOf(status).start.settings_judged).toBeDefined();
    // The bench file names the slope: that is put right, whatever is kept.
    expect(recordsOf(status).start.settings_judged).toMatchObject([
      {
        name: 'referenceSlope',
        found: 'ttl-falling',
        wanted: 'ttl-rising',
        wantedBy: 'bench-file',
        outcome: 'put-right',
      },
    ]);
    await toLockIn('OEXP 1,10,0');
    await at.api.scan.start({plan: grid(2), onSettings: 'keep'});
    expect(recordsOf(await ended()).start.settings_judged).toMatchObject([
      {name: 'xOffsetPercent', found: 10, wanted: 0, wantedBy: 'driver', outcome: 'kept-by-operator'},
    ]);
  });

  it('refuse the run where nobody shall be asked, and where a person cancels; nothing is changed', async () => {
    await toLockIn('ISRC 2');
    const before = storedRuns(at).length;
    await at.api.scan.start({plan: grid(2), onSettings: 'refuse'});
    expect(await ended()).toMatchObject({
      exitStatus: 'fail',
      reason: expect.stringMatching(/inputSource.*I-1MOhm instead of A.*nothing moved/) as string,
    });
    await at.api.scan.start({plan: grid(2)});
    const prompt = await prompted();
    await at.api.bench.answerPrompt({id: prompt.id, answer: 'done', choice: 'cancel'});
    expect(await ended()).toMatchObject({
      exitStatus: 'fail',
      reason: expect.stringContaining('cancelled') as string,
    });
    expect(storedRuns(at)).toHaveLength(before);
    expect(await lockIn().get('inputSource')).toBe('I-1MOhm');
    expect((await at.virtual().readState()).isOutputOn).toBe(false);
  });

  it.each([
    ['lockin', 'FMOD 1', 'referenceSource', 'bench-file'],
    ['lockin', 'OFLT 12', 'timeConstantS', 'bench-file'],
    ['lockin', 'OEXP 3,-5,0', 'rOffsetPercent', 'driver'],
    ['source', 'FREQ:OFFS 1 GHZ', 'displayedFrequencyOffsetHz', 'bench-file'],
    ['source', 'FREQ:MULT 2', 'displayedFrequencyMultiplier', 'bench-file'],
    ['source', 'POW:OFFS 3 DB', 'displayedLevelOffsetDb', 'bench-file'],
    ['source', 'FREQ:MODE LIST', 'frequencyMode', 'bench-file'],
    ['source', 'AM:STAT ON', 'isAmplitudeModulationOn', 'driver'],
    ['source', 'POW:ALC OFF', 'isAlcOn', 'driver'],
  ] as const)('on the %s, %s is found, put right and told', async (role, line, name, wantedBy) => {
    await (role === 'lockin' ? toLockIn(line) : toSource(line));
    await at.api.scan.start({plan: grid(1), onSettings: 'set-right'});
    const status = await ended();
    expect(status).toMatchObject({reason: '', exitStatus: 'success', pointCount: 4});
    expect(recordsOf(status).start.settings_judged).toMatchObject([
      {role, name, wantedBy, outcome: 'put-right'},
    ]);
  });
});

describe('a level offset that another program has left in the source', () => {
  it('never lets more than the level of the bench file out of the connector', async () => {
    // The display would show 10 dBm while 18 dBm go into the chain, which takes 13.
    await toSource('POW:OFFS -8 DB');
    const levels: number[] = [];
    await at.api.scan.start({plan: grid(4), onSettings: 'set-right'});
    await until(async () => {
      const {isOutputOn, levelDbm} = await at.virtual().readState();
      if (isOutputOn) levels.push(levelDbm);
      return (await run()).state === 'ended';
    });
    const status = await run();
    expect(status).toMatchObject({reason: '', exitStatus: 'success', pointCount: 25});
    expect(levels.at(-1)).toBeCloseTo(10, 6);
    expect(Math.max(...levels)).toBeLessThanOrEqual(10);
    expect(recordsOf(status).start.settings_judged).toMatchObject([
      {role: 'source', name: 'displayedLevelOffsetDb', found: -8, wanted: 0, outcome: 'put-right'},
    ]);
  });
});

describe('modes and offsets that another program has left in the stage', () => {
  const stage = (): GrblStage => {
    const device = at.services.bench.instruments().find(({kind}) => kind === 'stage')?.device;
    if (!(device instanceof GrblStage)) throw new Error('The stage is not there.');
    return device;
  };
  /** Where the detector truly stands after a scan of one point. */
  const trulyAtMm = async (): Promise<readonly number[]> => {
    await at.api.scan.start({plan: {plan: 'point', xMm: 3, yMm: -4}});
    const status = await ended();
    expect(status, status.reason).toMatchObject({exitStatus: 'success', pointCount: 1});
    return (await at.virtual().readState()).probeMm;
  };

  it('change neither where a point is measured nor what is stored of it', async () => {
    const before = await trulyAtMm();
    for (const line of ['G20', 'G91', 'G92 X5 Y5', 'G10 L2 P1 X7', '$13=1', '$13=0']) {
      await stage().controller.command(line);
      for (const [axis, mm] of (await trulyAtMm()).entries()) expect(mm).toBeCloseTo(before[axis] ?? NaN, 2);
      const {data} = at.services.store.readPoints((await run()).runUid ?? '');
      expect(data['x_mm'][0]).toBeCloseTo(3, 2);
    }
  });

  it('check mode is asked for, and left on a word', async () => {
    await stage().controller.command('$C');
    await at.api.scan.start({plan: grid(1), onSettings: 'refuse'});
    expect(await ended()).toMatchObject({
      exitStatus: 'fail',
      reason: expect.stringContaining('Check mode') as string,
    });
    await at.api.scan.start({plan: grid(1), onSettings: 'set-right'});
    const status = await ended();
    expect(status).toMatchObject({reason: '', exitStatus: 'success', pointCount: 4});
    expect(recordsOf(status).start.settings_judged).toMatchObject([
      {role: 'stage', name: 'isCheckModeOn', outcome: 'put-right'},
    ]);
  });
});

describe('answers that are lost', () => {
  it('are asked for again: the run is complete, each repeat is counted, and it is told once', async () => {
    await at.api.scan.start({plan: grid(8)});
    for (const [points, faults] of [
      [5, {loseReplies: 1}],
      [20, {garbleReplies: 1}],
      [35, {loseReplies: 2}],
    ] as const) {
      await until(async () => (await run()).pointCount >= points);
      await at.virtual().setFaults('sr830', faults);
    }
    const status = await ended();
    expect(status).toMatchObject({exitStatus: 'success', pointCount: 81});
    const {stop, notes} = recordsOf(status);
    expect(stop?.repeated_questions?.['lockin']?.count).toBeGreaterThanOrEqual(3);
    // A computer that is slow now may have added some of its own.
    const points = stop?.repeated_questions?.['lockin']?.after_points ?? [];
    for (const least of [5, 20, 35]) expect(points.some((point) => point >= least)).toBe(true);
    expect(notes.filter((text) => text.includes('asked again'))).toHaveLength(1);
  });

  it('end the run with the reason when nothing is answered any more', async () => {
    await at.api.scan.start({plan: grid(8)});
    await until(async () => (await run()).pointCount >= 5);
    await at.virtual().setFaults('sr830', {isStalled: true});
    const status = await ended();
    await at.virtual().setFaults('sr830', {isStalled: false});
    expect(status).toMatchObject({
      exitStatus: 'fail',
      reason: expect.stringContaining('did not answer') as string,
    });
    expect((await at.virtual().readState()).isOutputOn).toBe(false);
  });
});

describe('an overload', () => {
  it('waits at its first point; the range is chosen there, and the run goes on and says so', async () => {
    await lockIn().set('sensitivityV', 1e-6);
    await at.api.scan.start({plan: grid(2)});
    const prompt = await prompted();
    expect(prompt).toMatchObject({kind: 'overload', text: expect.stringContaining('point 1') as string});
    expect((await run()).label).toContain('your decision');
    await at.api.bench.answerPrompt({id: prompt.id, answer: 'done', choice: 'range'});
    // A brighter point may need a person once more.
    const answering = until(async () => {
      const {prompt: next, run: status} = await at.api.bench.status({});
      if (next) await at.api.bench.answerPrompt({id: next.id, answer: 'done', choice: 'range'});
      return status?.state === 'ended';
    });
    await answering;
    const status = await run();
    expect(status).toMatchObject({exitStatus: 'success', pointCount: 9});
    expect(recordsOf(status).notes.join(' ')).toMatch(
      /chosen anew at point 1: full scale \S+ V instead of 0.000001 V/,
    );
  });

  it('ends the run on a word, with its points and RF off', async () => {
    await lockIn().set('sensitivityV', 1e-6);
    await at.api.scan.start({plan: grid(2)});
    const prompt = await prompted();
    await at.api.bench.answerPrompt({id: prompt.id, answer: 'done', choice: 'stop'});
    expect(await ended()).toMatchObject({
      exitStatus: 'abort',
      reason: 'stopped by the operator at an overload',
    });
    expect((await at.virtual().readState()).isOutputOn).toBe(false);
  });
});
