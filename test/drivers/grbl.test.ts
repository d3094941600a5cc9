import {duplexPair} from 'node:stream';
import {setTimeout as sleepMs} from 'node:timers/promises';
import {describe, expect, it} from 'vitest';
import {createClock} from '../../src/base/clock.ts';
import {byteLinkFromStream} from '../../src/host/serial/byte-link.ts';
import {createLineLink} from '../../src/host/serial/line-link.ts';
import {connectGrbl, grbl} from '../../drivers/stage/grbl.ts';
import {FakeGrbl} from './fake-grbl.ts';
import {axis, configWith, open, setUp} from './grbl-fixture.ts';

const reaches = (fake: FakeGrbl, state: FakeGrbl['state']): Promise<void> =>
  expect.poll(() => fake.state, {interval: 2}).toBe(state);

describe('GRBL: connecting', () => {
  it('resets a board that runs already, and names it', async () => {
    const {stage, fake} = await setUp();
    expect(fake.received).toEqual(['ctrl-X', '$I', '$$', '$$']);
    expect(stage.identity).toMatchObject({maker: 'Grbl', model: 'GRBL 1.1h', firmware: '1.1h.20190830'});
    expect(await stage.readPosition()).toEqual({x: 0, y: 0});
  });

  it('takes the banner of a board that was reset by opening, and of relatives', async () => {
    const first = await setUp({doesBannerAtOpen: true});
    expect(first.fake.received).toEqual(['$I', '$$', '$$']);
    const second = await setUp({banner: "GrblHAL 1.1f ['$' or '$HELP' for help]"});
    expect(second.stage.model).toBe('GrblHAL 1.1f');
    const third = await setUp({banner: "Grbl 3.7 [FluidNC v3.7.8 (wifi) '$' for help]"});
    expect(third.stage.identity.text).toContain('FluidNC');
  });

  it('frees a controller that a limit alarm has silenced', async () => {
    const [hostEnd, deviceEnd] = duplexPair();
    const fake = new FakeGrbl(deviceEnd);
    fake.isSilent = true;
    const link = createLineLink(
      byteLinkFromStream(hostEnd, {name: 'fake'}),
      {...grbl.link, bootWaitMs: 100},
      {
        clock: createClock(),
        shortestLimitRealMs: 250,
      },
    );
    open.push(link);
    const connecting = connectGrbl(link, configWith());
    while (!fake.received.includes('ctrl-X')) await sleepMs(5);
    fake.isSilent = false;
    expect((await connecting).identity.maker).toBe('Grbl');
  });

  it('says in one line that nothing answers, or what did', async () => {
    for (const [answer, code] of [
      [undefined, 'port/timeout'],
      ['HELLO I AM A PRINTER', 'device/wrong-instrument'],
    ] as const) {
      const [hostEnd, deviceEnd] = duplexPair();
      deviceEnd.on('data', () => answer !== undefined && deviceEnd.write(`${answer}\r\n`));
      const link = createLineLink(byteLinkFromStream(hostEnd, {name: 'fake'}), grbl.link, {
        clock: createClock(200),
        shortestLimitRealMs: 20,
      });
      open.push(link);
      await expect(connectGrbl(link, configWith())).rejects.toMatchObject({
        code,
        message: expect.stringMatching(/^[^\n]+$/) as string,
      });
    }
  });

  it('finds the machine position from work position and offset', async () => {
    const {stage} = await setUp({reportsWork: true});
    expect(await stage.readPosition()).toEqual({x: 0, y: 0});
    await stage.moveTo({x: 3});
    expect(await stage.readPosition()).toEqual({x: 3, y: 0});
  });

  it('converts a controller that reports inches', async () => {
    const {stage, fake} = await setUp({settings: {$13: '1'}});
    fake.position = [25.4, 0, 0];
    expect((await stage.readPosition()).x).toBeCloseTo(25.4, 9);
  });
});

describe('GRBL: moving', () => {
  it('goes in machine coordinates through origin and direction of the bench file', async () => {
    const config = configWith({
      axes: {x: axis('y', {direction: -1, originMm: 100}), y: axis('x', {originMm: -20})},
    });
    const {stage, sent} = await setUp({}, config);
    expect(await stage.moveTo({x: 10, y: 5.5})).toEqual({x: 10, y: 5.5});
    expect(sent()).toEqual(['G21G90G53G0Y90X-14.5'].map((line) => line));
  });

  it('refuses a target beyond the soft limit and sends nothing', async () => {
    const {stage, sent} = await setUp();
    await expect(stage.moveTo({x: 50.1})).rejects.toMatchObject({
      code: 'motion/limit',
      message: expect.stringMatching(/x to 50\.1 mm.*limit 50 mm/) as string,
    });
    await expect(stage.moveTo({x: Number.NaN})).rejects.toMatchObject({code: 'motion/limit'});
    await expect(stage.moveTo({z: 1})).rejects.toMatchObject({code: 'motion/limit'});
    await expect(stage.jog('y', -51, 100)).rejects.toMatchObject({code: 'motion/limit'});
    expect(sent()).toEqual([]);
  });

  it("refuses what the controller's own soft limits would turn into an alarm", async () => {
    const {stage, sent} = await setUp({settings: {$20: '1', $22: '1'}});
    await expect(stage.moveTo({x: 1})).rejects.toMatchObject({code: 'motion/limit'});
    await stage.moveTo({x: -1});
    expect(sent()).toEqual(['G21G90G53G0X-1']);
  });

  it('arrives from the smaller side, over the whole backlash', async () => {
    const {stage, sent} = await setUp({}, configWith({backlashMm: 0.5}));
    await stage.moveTo({x: 1, y: 0});
    await stage.moveTo({x: 1.2, y: 0});
    await stage.moveTo({x: 0, y: 0});
    await stage.moveTo({x: 0, y: 0});
    expect(sent()).toEqual([
      // y stands at its place already, but nobody knows from which side it came.
      'G21G90G53G0X1Y-0.5',
      'G21G90G53G0X1Y0',
      // A nut that lies on the right flank stays there on its way up.
      'G21G90G53G0X1.2',
      'G21G90G53G0X-0.5',
      'G21G90G53G0X0',
    ]);
    expect(() => stage.checkMove({x: -49.8})).toThrow(/approach.*limit -50 mm/);
  });

  it('reports an axis that the controller has not', async () => {
    const {stage, fake} = await setUp();
    fake.position = [1];
    await expect(stage.readPosition()).rejects.toMatchObject({code: 'device/bad-reply'});
  });

  it('proves arrival by position, not by ok', async () => {
    const {stage} = await setUp({missMm: 0.05});
    await expect(stage.moveTo({x: 10})).rejects.toMatchObject({
      code: 'motion/not-arrived',
      message: expect.stringMatching(/x at 10\.050 mm instead of 10\.000 mm/) as string,
    });
  });

  it('reports progress and resolves only at rest', async () => {
    const {stage} = await setUp({moveMs: 150});
    const seen: number[] = [];
    const startMs = performance.now();
    await stage.moveTo({x: 10}, {onProgress: ({nowMm}) => seen.push(nowMm.x ?? Number.NaN)});
    expect(performance.now() - startMs).toBeGreaterThan(140);
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.at(-1)).toBe(10);
  });

  it('uses the feed of the bench file', async () => {
    const {stage, sent} = await setUp({}, configWith({feedMmPerMin: 300}));
    await stage.moveTo({x: 2});
    expect(sent()).toEqual(['G21G90G94G53G1X2F300']);
    expect(stage.estimateMoveMs({x: 0}, {x: 5})).toBeCloseTo(1000 + 10, 6);
  });

  it('names error and alarm and says what to do', async () => {
    // Far longer than a busy computer needs from the move to the alarm.
    const {stage, fake} = await setUp({moveMs: 60_000});
    fake.answers.set(/X7/, ['error:22']);
    await expect(stage.moveTo({x: 7})).rejects.toMatchObject({
      code: 'device/refused',
      message: expect.stringContaining('no feed rate') as string,
    });
    const moving = stage.moveTo({x: 10});
    await reaches(fake, 'Run');
    fake.alarm(1);
    fake.isSilent = true;
    await expect(moving).rejects.toMatchObject({code: 'motion/alarm'});
    await expect(stage.moveTo({x: 1})).rejects.toMatchObject({
      code: 'motion/alarm',
      message: expect.stringMatching(/ALARM:1.*limit switch.*home/) as string,
    });
  });

  it('empties the controller when a line got no answer, and does not try again', async () => {
    const {stage, fake, sent} = await setUp();
    fake.answers.set(/X9/, []);
    await expect(stage.moveTo({x: 9}, {})).rejects.toMatchObject({code: 'port/timeout'});
    expect(sent()).toEqual(['G21G90G53G0X9', '!', 'ctrl-X']);
    expect(await stage.moveTo({x: 1})).toEqual({x: 1, y: 0});
  });

  it('loses trust in its position when the controller restarts by itself', async () => {
    const {stage, fake} = await setUp();
    fake.say('', "Grbl 1.1h ['$' for help]");
    await expect.poll(() => stage.isPositionTrusted).toBe(false);
    await expect(stage.moveTo({x: 1})).rejects.toMatchObject({code: 'motion/not-homed'});
    await stage.call('trust-position');
    expect(await stage.moveTo({x: 1})).toEqual({x: 1, y: 0});
  });
});

describe('GRBL: stopping', () => {
  it('jumps every queue: hold first, then an emptied controller, position kept', async () => {
    const moveMs = 60_000;
    const {stage, fake, sent} = await setUp({moveMs});
    const moving = stage.moveTo({x: 40});
    const waiting = stage.moveTo({x: 0});
    await reaches(fake, 'Run');
    // The position has moved on when the stage is asked to stop.
    await expect.poll(() => stage.readPosition().then(({x}) => x)).toBeGreaterThan(0);
    const endings = Promise.allSettled([moving, waiting]);
    const startMs = performance.now();
    const stopping = stage.stop();
    await stopping;
    // It waits for no move to end.
    expect(performance.now() - startMs).toBeLessThan(moveMs / 2);
    for (const ending of await endings)
      expect(ending).toMatchObject({status: 'rejected', reason: {code: 'plan/stopped'}});
    expect(sent()).toEqual(['G21G90G53G0X40', '!', 'ctrl-X']);
    expect(fake.state).toBe('Idle');
    expect(stage.isPositionTrusted).toBe(true);
    const {x = 0} = await stage.readPosition();
    expect(x).toBeGreaterThan(0);
    expect(x).toBeLessThan(40);
  });

  it('ends a move that was asked for just before, and one that waits', async () => {
    const {stage, sent} = await setUp({moveMs: 100});
    const moves = [stage.moveTo({x: 5}), stage.moveTo({x: 6})];
    const refused = moves.map((move) => expect(move).rejects.toMatchObject({code: 'plan/stopped'}));
    await stage.stop();
    await Promise.all(refused);
    expect(sent().some((line) => line.includes('G53'))).toBe(false);
    await stage.moveTo({x: 7});
    expect((await stage.readPosition()).x).toBe(7);
  });

  it('leaves the stage at rest when a move is aborted', async () => {
    const {stage, fake} = await setUp({moveMs: 60_000});
    const abort = new AbortController();
    const moving = stage.moveTo({x: 40}, {signal: abort.signal});
    await reaches(fake, 'Run');
    abort.abort();
    await expect(moving).rejects.toThrow(/abort/i);
    expect(fake.state).toBe('Idle');
    await expect(stage.moveTo({x: 1}, {signal: abort.signal})).rejects.toThrow(/abort/i);
  });

  it('stops a homing cycle by reset and then knows no position', async () => {
    const {stage, fake, sent} = await setUp({moveMs: 60_000, settings: {$22: '1'}});
    const homing = stage.home();
    const ending = Promise.allSettled([homing]);
    await reaches(fake, 'Home');
    await stage.stop();
    expect((await ending)[0]).toMatchObject({status: 'rejected'});
    expect(sent()).toEqual(['$H', 'ctrl-X']);
    await expect(stage.moveTo({x: 1})).rejects.toMatchObject({code: 'motion/alarm'});
  });

  it('stops when disposed in mid-move, and says so when it cannot', async () => {
    const {stage, fake} = await setUp({moveMs: 60_000});
    const moving = Promise.allSettled([stage.moveTo({x: 40})]);
    await reaches(fake, 'Run');
    await stage[Symbol.asyncDispose]();
    await moving;
    expect(fake.state).toBe('Idle');
    await expect(stage.stop()).rejects.toMatchObject({
      code: 'port/closed',
      message: expect.stringContaining('emergency stop') as string,
    });
  });
});

describe('GRBL: homing and settings', () => {
  it('homes only where switches are, and moves only where the position is trusted', async () => {
    const without = await setUp({}, configWith({homeAtStart: true}));
    await expect(without.stage.home()).rejects.toMatchObject({code: 'motion/not-homed'});
    await expect(without.stage.moveTo({x: 1})).rejects.toMatchObject({code: 'motion/not-homed'});
    expect(without.sent()).toEqual([]);
    const withSwitches = await setUp(
      {moveMs: 50, settings: {$22: '1'}, state: 'Alarm'},
      configWith({homeAtStart: true}),
    );
    await withSwitches.stage.home();
    expect(await withSwitches.stage.readPosition()).toEqual({x: -1, y: -1});
    await withSwitches.stage.moveTo({x: 1});
  });

  it('says how to leave the lock after power-on', async () => {
    const {stage} = await setUp({state: 'Alarm'});
    await expect(stage.moveTo({x: 1})).rejects.toMatchObject({code: 'motion/alarm'});
    await stage.call('unlock');
    // Unlocked is not homed: somebody has to say that the position is right.
    await expect(stage.moveTo({x: 1})).rejects.toMatchObject({code: 'motion/not-homed'});
    expect(await stage.call('trust-position')).toEqual({x: 0, y: 0});
    await stage.moveTo({x: 1});
  });

  it('declares and writes settings, and uses them at once', async () => {
    const {stage, sent} = await setUp();
    const settings = await stage.readSettings();
    expect(settings).toMatchObject({
      xStepsPerMm: 250,
      yMaximumMmPerMin: 6000,
      isHomingOn: false,
      isPositionTrusted: true,
    });
    expect(settings).not.toHaveProperty('stepPulseS');
    expect(await stage.set('xMaximumMmPerMin', 600)).toBe(600);
    expect(sent()).toContain('$110=600.000');
    expect(stage.estimateMoveMs({x: 0}, {x: 10})).toBeCloseTo(1000 + 20, 6);
    await expect(stage.set('xMaximumMmPerMin', -1)).rejects.toMatchObject({code: 'device/out-of-range'});
    await expect(stage.get('nonsense')).rejects.toMatchObject({code: 'device/unknown'});
  });

  it('jogs within the limits and cancels', async () => {
    const {stage, sent} = await setUp();
    await stage.call('jog', {axis: 'y', distanceMm: 2, feedMmPerMin: 600});
    await stage.call('jog-cancel');
    await expect.poll(() => sent()).toEqual(['$J=G21G91Y2F600', '0x85']);
  });
});

describe('GRBL: hold to move', () => {
  it('jogs along a direction up to the first limit, at the speed along the way', async () => {
    const {stage, fake, sent} = await setUp();
    fake.position = [10, -20, 0];
    stage.trustPosition();
    expect(await stage.startJog({x: 1}, 5)).toEqual({x: 50, y: -20});
    expect(await stage.startJog({x: -1, y: -0.5}, 2.5)).toEqual({x: -50, y: -50});
    expect(sent()).toEqual(['$J=G21G91X40F300', '$J=G21G91X-60Y-30F150']);
  });

  it('stays off the end by the length of the approach, and truncates towards where it comes from', async () => {
    const {stage, fake, sent} = await setUp({}, configWith({backlashMm: 0.2}));
    fake.position = [0.0004, 0, 0];
    await stage.startJog({x: -1}, 1);
    fake.position = [1, 2, 0];
    await stage.startJog({x: -3, y: 1}, 1);
    expect(sent()).toEqual(['$J=G21G91X-49.8F60', '$J=G21G91X-50.8Y16.933F60']);
    // From there every place is one that a move may go to.
    expect(() => stage.checkMove({x: -49.8})).not.toThrow();
  });

  it("minds axes that point the other way and the controller's own travel", async () => {
    const {stage, fake, sent} = await setUp(
      {settings: {$20: '1', $130: '100', $131: '100'}},
      configWith({
        axes: {x: axis('y', {direction: -1, originMm: -60}), y: axis('x', {originMm: -30})},
      }),
    );
    // Machine y -100..0 is bench x -60..40, so the travel ends before the soft limit at 50.
    fake.position = [-30, -60, 0];
    stage.trustPosition();
    expect((await stage.startJog({x: 1}, 1)).x).toBeCloseTo(39.99, 6);
    expect((await stage.startJog({y: 1}, 1)).y).toBeCloseTo(29.99, 6);
    expect(sent()).toEqual(['$J=G21G91Y-39.99F60', '$J=G21G91X29.99F60']);
  });

  it('slides along a limit, and refuses when there is no way left', async () => {
    const {stage, fake, sent} = await setUp();
    fake.position = [50, 0, 0];
    stage.trustPosition();
    await stage.startJog({x: 1, y: -1}, 1);
    await expect(stage.startJog({x: 1}, 1)).rejects.toMatchObject({
      code: 'motion/limit',
      message: expect.stringContaining('x at 50 mm') as string,
    });
    await expect(stage.startJog({z: 1}, 1)).rejects.toMatchObject({code: 'motion/limit'});
    await expect(stage.startJog({}, 1)).rejects.toMatchObject({code: 'motion/limit'});
    expect(sent()).toEqual(['$J=G21G91Y-50F60']);
  });

  it('ends with the cancel byte, again behind a start that is not answered yet', async () => {
    const {stage, fake, sent} = await setUp();
    await stage.startJog({x: 1}, 1);
    expect(await stage.endJog()).toEqual({x: 0, y: 0});
    expect(sent()).toEqual(['$J=G21G91X50F60', '0x85', '0x85']);
    fake.answers.set(/^\$J=/, []);
    const starting = stage.startJog({y: 1}, 1);
    while (!fake.received.includes('$J=G21G91Y50F60')) await sleepMs(2);
    const ending = stage.endJog();
    fake.say('ok');
    await starting;
    await ending;
    expect(sent().slice(3)).toEqual(['$J=G21G91Y50F60', '0x85', '0x85']);
  });

  it('does not begin before homing, and a stop overtakes a start', async () => {
    const distrusting = await setUp({}, configWith({homeAtStart: true}));
    await expect(distrusting.stage.startJog({x: 1}, 1)).rejects.toMatchObject({code: 'motion/not-homed'});
    expect(distrusting.sent()).toEqual([]);
    const {stage, sent} = await setUp();
    const starting = stage.startJog({x: 1}, 1);
    const refused = expect(starting).rejects.toMatchObject({code: 'plan/stopped'});
    await stage.stop();
    await refused;
    expect(sent().some((line) => line.startsWith('$J='))).toBe(false);
  });

  it('is stopped when the stage is let go', async () => {
    const {stage, sent} = await setUp();
    await stage.startJog({x: 1}, 1);
    await stage[Symbol.asyncDispose]();
    expect(sent().slice(0, 2)).toEqual(['$J=G21G91X50F60', '!']);
  });

  it('names the corners of a move', async () => {
    const {stage} = await setUp({}, configWith({backlashMm: 0.2}));
    expect(stage.planPath({x: 5, y: 1}, {x: 2})).toEqual([
      {x: 1.8, y: 1},
      {x: 2, y: 1},
    ]);
    expect(stage.planPath({x: 0, y: 0}, {x: 2, y: 3})).toEqual([{x: 2, y: 3}]);
  });
});
