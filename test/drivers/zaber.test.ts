import {setTimeout as sleepMs} from 'node:timers/promises';
import {describe, expect, it} from 'vitest';
import {parseZaberReply, zaberChecksum} from '../../drivers/mount/zaber-reply.ts';
import {connectZaber, zaber} from '../../drivers/mount/zaber.ts';
import type {PlateMount, PlateOffset, RepeatedQuestion} from '../../src/contract/devices.ts';
import {zaberFirmwares} from '../../src/virtual/instruments/zaber-firmware.ts';
import {expectWire, type WireStep} from './wire-script.ts';
import {
  configWith,
  connecting,
  fourAxes,
  linear,
  mmPerStep,
  oneAxis,
  runZaber,
  setUp,
  states,
  step,
} from './zaber-fixture.ts';

/** Of 6.06, the oldest firmware that speaks ASCII. */
const connectingFirmware6: readonly WireStep[] = [
  ['', undefined],
  step('1 0 0', '@01 0 00 OK IDLE WR 0'),
  step('1 0 1 get version', '@01 0 01 OK IDLE WR 6.06'),
  step('1 0 2 get deviceid', '@01 0 02 OK IDLE WR 30222'),
  step('1 0 3 get system.serial', '@01 0 03 RJ IDLE WR BADCOMMAND'),
  step('1 0 4 get system.axiscount', '@01 0 04 OK IDLE WR 2'),
  step('1 1 5 get peripheralid', '@01 1 05 OK IDLE WR 43022'),
  step('1 1 6 get maxspeed', '@01 1 06 OK IDLE WR 153600'),
  step('1 1 7 get motion.accelonly', '@01 1 07 OK IDLE WR 205'),
  step('1 1 8 get motion.decelonly', '@01 1 08 OK IDLE WR 205'),
  step('1 0 9 get resolution', '@01 0 09 OK IDLE WR 64 64'),
];
/** The first question, three times: unanswered. */
const silentQuestions = [0, 1, 2].map((id): WireStep => [step(`1 0 ${id}`, '')[0], undefined]);
describe('Zaber on the wire, byte for byte', () => {
  /** Connects by a script and hands over who was found. */
  const identify = async (script: readonly WireStep[]): Promise<string> => {
    let text = '';
    await expectWire({settings: zaber.link}, script, async (link) => {
      const mount = await connectZaber(link, oneAxis);
      text = mount.identity.text;
      expect(mount.estimateMoveMs(1, {dxMm: 0}, {dxMm: 0})).toBe(0);
    });
    return text;
  };

  it('finds devices of firmware 7 and 6 by the names that each knows', async () => {
    expect(await identify(connecting)).toBe(
      'Zaber 1: device 30342, serial 81001, firmware 7.35, peripherals 1: 43022',
    );
    expect(await identify(connectingFirmware6)).toBe(
      'Zaber 1: device 30222, firmware 6.06, peripherals 1: 43022',
    );
  });

  it('is not kept out by settings that it does not need', async () => {
    const rejected = (id: number, axis: number, words: string, reason = 'BADCOMMAND'): WireStep =>
      step(`1 ${axis} ${id} get ${words}`, `@01 ${axis} ${String(id).padStart(2, '0')} RJ IDLE WR ${reason}`);
    await expectWire(
      {settings: zaber.link},
      [
        ['', undefined],
        step('1 0 0', '@01 0 00 OK IDLE WR 0'),
        rejected(1, 0, 'version'),
        rejected(2, 0, 'device.id'),
        rejected(3, 0, 'deviceid', 'NOTSUPPORTED'),
        rejected(4, 0, 'system.serial'),
        rejected(5, 0, 'system.axiscount'),
        step('1 0 6 get pos', '@01 0 06 OK IDLE WR 0 NA'),
        rejected(7, 1, 'peripheral.id', 'INACTIVE'),
        rejected(8, 1, 'peripheralid'),
        step('1 1 9 get maxspeed', '@01 1 09 OK IDLE WR 153600'),
        rejected(10, 1, 'motion.accelonly'),
        rejected(11, 1, 'motion.decelonly'),
        step('1 1 12 get accel', '@01 1 12 OK IDLE WR NA'),
        rejected(13, 0, 'resolution'),
      ],
      async (link) => {
        const mount = await connectZaber(link, oneAxis);
        expect(mount.identity.text).toBe('Zaber 1: a device, firmware not reported');
        // How long a move takes is then not known, and not said.
        expect(mount.estimateMoveMs(1, {dxMm: 0}, {dxMm: 1})).toBeUndefined();
      },
    );
  });

  it('seals lines as the protocol has it', () => {
    expect(zaberChecksum('1 home')).toBe('06');
    expect(step('1 0 0 get device.id', '')[0]).toBe('/1 0 0 get device.id:44');
    expect(parseZaberReply('@01 0 OK IDLE -- 0:8D')).toMatchObject({address: 1, warning: '', data: '0'});
    expect(parseZaberReply('@01 0 OK IDLE -- 1:8D')).toBeUndefined();
    expect(parseZaberReply('#01 0 text')).toBeUndefined();
  });

  it('moves relatively what has no reference, and absolutely what has', async () => {
    await runZaber(
      [
        step('1 0 10', '@01 0 10 OK IDLE WR 0'),
        ...states(11, 100, '01 WR'),
        step('1 0 13 warnings', '@01 0 13 OK IDLE WR 01 WR'),
        step('1 1 14 move rel 20897', '@01 1 14 OK BUSY WR 0'),
        step('1 0 15', '@01 0 15 OK IDLE WR 0'),
        step('1 0 16 warnings', '@01 0 16 OK IDLE WR 01 WR'),
        ...states(17, 20_997, '01 WR'),
        // Somebody has told it where it is meanwhile.
        step('1 0 19', '@01 0 19 OK IDLE WH 0'),
        ...states(20, 20_997, '01 WH'),
        step('1 0 22 warnings', '@01 0 22 OK IDLE WH 01 WH'),
        step('1 1 23 move abs -10499', '@01 1 23 OK BUSY WH 0'),
        step('1 0 24', '@01 0 24 OK BUSY WH 0'),
        step('1 0 25', '@01 0 25 OK IDLE WH 0'),
        step('1 0 26 warnings', '@01 0 26 OK IDLE WH 01 WH'),
        ...states(27, -10_499, '01 WH'),
      ],
      async (mount) => {
        expect(await mount.moveTo(1, {dxMm: 1})).toEqual({dxMm: 0.999982125});
        expect(await mount.moveTo(1, {dxMm: -0.5})).toEqual({dxMm: -0.500014875});
      },
    );
  });

  it('sends nothing for a target beyond the limits or for an axis that is not there', async () => {
    await runZaber([], async (mount) => {
      await expect(mount.moveTo(1, {dxMm: 3.01})).rejects.toMatchObject({code: 'motion/limit'});
      await expect(mount.moveTo(1, {dyMm: 0})).rejects.toThrow('its mount has x');
      await expect(mount.moveTo(1, {dxMm: Number.NaN})).rejects.toMatchObject({code: 'motion/limit'});
      await expect(mount.moveTo(2, {dxMm: 0})).rejects.toMatchObject({code: 'device/out-of-range'});
      expect(mount.limitsOf(1)).toEqual({dxMm: [-3, 3]});
    });
  });

  it('takes no late or damaged reply for an answer, and asks again', async () => {
    await runZaber(
      [
        step('1 0 10 warnings', '@01 0 09 OK IDLE WR 01 WR'),
        step('1 0 11 warnings', '@01 0 11 OK IDLE WR 01 WR:00'),
        step('1 0 12 warnings', '!01 1 IDLE WR\r\n#01 1 an aside\r\n@01 0 12 OK IDLE WR 01 WR'),
        step('1 0 13 get pos', `@01 0 13 OK IDLE WR 2100 0:${zaberChecksum('01 0 13 OK IDLE WR 2100 0')}`),
        step('1 1 14 warnings', '@01 1 14 OK IDLE WR 01 WR'),
        // The device shows the same flags as before: its axes need not be asked again.
        step('1 0 15 warnings', '@01 0 15 OK IDLE WR 01 WR'),
        step('1 0 16 get pos', '@01 0 16 OK IDLE WR 2100 0'),
      ],
      async (mount) => {
        const why: string[] = [];
        const onRepeat = (repeat: RepeatedQuestion): void => void why.push(`${repeat.asked} ${repeat.why}`);
        expect(await mount.readOffset(1, {onRepeat})).toEqual({dxMm: 0.1000125});
        expect(why).toEqual(['warnings silent', 'warnings damaged']);
        expect(await mount.readOffset(1)).toEqual({dxMm: 0.1000125});
      },
    );
  });

  describe('when the reply to a move does not come', () => {
    const before: readonly WireStep[] = [
      step('1 0 10', '@01 0 10 OK IDLE WR 0'),
      ...states(11, 0, '01 WR'),
      step('1 0 13 warnings', '@01 0 13 OK IDLE WR 01 WR'),
    ];
    const moveSent = step('1 1 14 move rel 2100', '')[0];
    /** The state is asked until it rests, then its position. */
    const restsAt = (steps: number): readonly WireStep[] => [
      step('1 0 15', '@01 0 15 OK BUSY WR 0'),
      step('1 0 16', '@01 0 16 OK IDLE WR 0'),
      step('1 0 17 warnings', '@01 0 17 OK IDLE WR 01 WR'),
      ...states(18, steps, '01 WR'),
    ];
    const notices: string[] = [];
    const move = async (mount: PlateMount): Promise<PlateOffset> => {
      notices.length = 0;
      return mount.moveTo(1, {dxMm: 0.1000125}, {onNotice: (text) => notices.push(text)});
    };

    it.each([
      ['lost', undefined],
      ['late', {chunks: ['@01 1 14 OK BUSY WR 0\r\n'], afterMs: 300}],
      ['damaged', '@01 1 14 OK BU?Y WR 0'],
    ] satisfies [string, WireStep[1]][])('waits and decides by the position: reply %s', async (_, reply) => {
      await runZaber(
        [
          ...before,
          [moveSent, reply],
          ...restsAt(2100),
          step('1 0 20 warnings', '@01 0 20 OK IDLE WR 01 WR'),
          ...states(21, 2100, '01 WR'),
        ],
        async (mount) => {
          expect(await move(mount)).toEqual({dxMm: 0.1000125});
        },
      );
      expect(notices).toEqual([expect.stringMatching(/did not answer "move rel 2100" for x in time/)]);
    });

    it('tells it again, once, only where it is proven that it was not taken', async () => {
      await runZaber(
        [
          ...before,
          [moveSent, undefined],
          ...restsAt(0),
          step('1 1 20 move rel 2100', '@01 1 20 OK BUSY WR 0'),
          step('1 0 21', '@01 0 21 OK IDLE WR 0'),
          step('1 0 22 warnings', '@01 0 22 OK IDLE WR 01 WR'),
          ...states(23, 2100, '01 WR'),
        ],
        async (mount) => {
          expect(await move(mount)).toEqual({dxMm: 0.1000125});
        },
      );
      await runZaber(
        [
          ...before,
          [moveSent, undefined],
          ...restsAt(0),
          [step('1 1 20 move rel 2100', '')[0], undefined],
          step('1 0 21', '@01 0 21 OK IDLE WR 0'),
          step('1 0 22 warnings', '@01 0 22 OK IDLE WR 01 WR'),
          ...states(23, 0, '01 WR'),
        ],
        async (mount) => {
          await expect(move(mount)).rejects.toThrow(/x 0 instead of 0.1000125 mm.*not answered twice/);
        },
      );
    });

    it('moves nothing that came to rest elsewhere', async () => {
      await runZaber(
        [
          ...before,
          [moveSent, undefined],
          ...restsAt(1000),
          step('1 0 20 warnings', '@01 0 20 OK IDLE WR 01 WR'),
          ...states(21, 1000, '01 WR'),
        ],
        async (mount) => {
          await expect(move(mount)).rejects.toMatchObject({code: 'motion/not-arrived'});
        },
      );
    });
  });

  it('says what a device refuses, stops, and never moves twice', async () => {
    await runZaber(
      [
        step('1 0 10', '@01 0 10 OK IDLE WR 0'),
        ...states(11, 0, '01 WR'),
        step('1 0 13 warnings', '@01 0 13 OK IDLE WR 01 WR'),
        step('1 1 14 move rel 2100', '@01 1 14 RJ IDLE WR DRIVERDISABLED'),
        ...[...'/stop:3A\n'].map((byte): WireStep => [
          byte,
          byte === '\n' ? '@01 0 OK IDLE WR 0' : undefined,
        ]),
        step('1 0 15', '@01 0 15 OK IDLE WR 0'),
      ],
      async (mount) => {
        await expect(mount.moveTo(1, {dxMm: 0.1})).rejects.toThrow('the driver is disabled');
      },
    );
  });
});

describe('Zaber against the simulated chain', () => {
  it('moves plates by all axes at once, as their directions say, and reads them back', async () => {
    const {chain, mount} = await setUp(configWith([fourAxes(2), fourAxes(1)]), {speed: 2});
    expect(mount.identity.text).toContain('serial 81002');
    const seen: number[] = [];
    const arrived = await mount.moveTo(
      1,
      {dxMm: 1, dyMm: -0.5, dzMm: 0.25, rotationDeg: 2},
      {onProgress: ({dxMm = 0}) => seen.push(dxMm)},
    );
    expect(arrived.dxMm).toBeCloseTo(1, 4);
    expect(arrived.rotationDeg).toBeCloseTo(2, 3);
    expect(seen.some((mm) => mm > 0 && mm < 1)).toBe(true);
    const offsets = chain.devices[1].axes.map(({offset}) => offset);
    expect(offsets[0]).toBeCloseTo(1, 4);
    expect(offsets[1]).toBeCloseTo(-0.5, 4);
    expect(offsets[2]).toBeCloseTo(-0.25, 4);
    expect(offsets[3]).toBeCloseTo(2, 3);
    expect(chain.devices[0].axes.every(({offset}) => Math.abs(offset) < 1e-9)).toBe(true);
    expect(await mount.moveTo(1, {dxMm: 0})).toMatchObject({dyMm: expect.closeTo(-0.5, 4) as number});
    expect(chain.devices[1].axes[0].offset).toBeCloseTo(0, 4);
  });

  it('estimates what a move takes', async () => {
    const {mount} = await setUp(oneAxis);
    // 1 mm is 20997 steps at 93750 steps/s, with ramps of 75 ms.
    expect(mount.estimateMoveMs(1, {dxMm: 0}, {dxMm: 1})).toBeCloseTo((20_997 / 93_750 + 0.0749) * 1000, -1);
    expect(mount.estimateMoveMs(1, {dxMm: 1}, {dxMm: 1})).toBe(0);
  });

  it('stops in mid-move, tells the move, and moves again afterwards', async () => {
    const {chain, mount, underWay} = await setUp(oneAxis, {speed: 1});
    const moving = mount.moveTo(1, {dxMm: 3});
    const waiting = mount.moveTo(1, {dxMm: -3});
    const outcomes = Promise.allSettled([moving, waiting]);
    await underWay();
    await mount.stop();
    expect(chain.devices[0].axes[0].isMoving).toBe(false);
    const [first, second] = await outcomes;
    expect(first).toMatchObject({status: 'rejected', reason: {code: 'plan/stopped'}});
    expect(second).toMatchObject({status: 'rejected', reason: {code: 'plan/stopped'}});
    const {offset} = chain.devices[0].axes[0];
    expect(offset).toBeGreaterThan(0);
    expect(offset).toBeLessThan(3);
    expect((await mount.moveTo(1, {dxMm: 0})).dxMm).toBeCloseTo(0, 4);
  });

  it('stops when its move is aborted or its mount closed', async () => {
    const {chain, mount, underWay} = await setUp(oneAxis, {speed: 1});
    const abort = new AbortController();
    const moving = mount.moveTo(1, {dxMm: 3}, {signal: abort.signal});
    const outcome = expect(moving).rejects.toThrow('enough');
    await underWay();
    abort.abort(new Error('enough'));
    await outcome;
    expect(chain.devices[0].axes[0].isMoving).toBe(false);
    const again = mount.moveTo(1, {dxMm: 3});
    const ended = expect(again).rejects.toMatchObject({code: 'plan/stopped'});
    while (!chain.devices[0].axes[0].isMoving) await sleepMs(2);
    await mount[Symbol.asyncDispose]();
    await ended;
    expect(chain.devices[0].axes[0].isMoving).toBe(false);
  });

  it('finds its way when replies are lost or garbled', async () => {
    const {mount, faults} = await setUp(oneAxis);
    faults.loseReplies = 1;
    expect((await mount.readOffset(1)).dxMm).toBe(0);
    faults.garbleReplies = 1;
    expect((await mount.readOffset(1)).dxMm).toBe(0);
    expect((await mount.moveTo(1, {dxMm: 0.5})).dxMm).toBeCloseTo(0.5, 4);
  });

  it('reports a stalled axis, refuses to move it, and goes on when that is mended', async () => {
    const wide = configWith([{address: 1, axes: {x: linear(1, {limitsMm: [-20, 20]})}}]);
    const {mount} = await setUp(wide);
    const stalled = mount.moveTo(1, {dxMm: 15});
    await expect(stalled).rejects.toMatchObject({code: 'device/fault', details: {faults: ['FS']}});
    await expect(mount.moveTo(1, {dxMm: 0})).rejects.toMatchObject({code: 'device/fault'});
    await mount.clearFaults(1);
    expect((await mount.moveTo(1, {dxMm: 0})).dxMm).toBeCloseTo(0, 4);
  });

  it('homes only when asked, and then moves only where the file says where zero is', async () => {
    const zeroSteps = Math.round(6.35 / mmPerStep);
    const {chain, mount} = await setUp(configWith([fourAxes(1), fourAxes(2, {zeroSteps})]), {speed: 50});
    expect(chain.devices[0].axes[0].warnings.has('WR')).toBe(true);
    // Without zeroSteps the plate could not be used afterwards: nothing moves, and the file's entry is named.
    await expect(mount.home(1, 'dxMm')).rejects.toMatchObject({
      code: 'motion/not-homed',
      message: expect.stringMatching(
        /Nothing moved; give zeroSteps in mount.plates, plate 1, axes.x/,
      ) as string,
    });
    await expect(mount.call('home', {plate: 1, axis: 'rotation'})).rejects.toThrow('axes.rotation');
    expect(chain.devices[0].axes.every(({offset}) => Math.abs(offset) < 1e-9)).toBe(true);
    await mount.home(2, 'dxMm');
    expect(chain.devices[1].axes[0].offset).toBeCloseTo(-6.35, 4);
    // Somebody else has homed it.
    chain.devices[0].axes[0].home();
    while (chain.devices[0].axes[0].isMoving) await sleepMs(2);
    await expect(mount.moveTo(1, {dxMm: 0})).rejects.toMatchObject({code: 'motion/not-homed'});
    expect((await mount.moveTo(2, {dxMm: 0.5})).dxMm).toBeCloseTo(0.5, 4);
    expect(chain.devices[1].axes[0].offset).toBeCloseTo(0.5, 4);
  });

  it.each(zaberFirmwares)('moves, stops and is read on firmware %s', async (firmware) => {
    const {chain, mount} = await setUp(configWith([fourAxes(1), fourAxes(2)]), {firmware});
    expect(mount.identity.firmware).toBe(firmware);
    expect((await mount.moveTo(2, {dxMm: 0.5, rotationDeg: -1})).rotationDeg).toBeCloseTo(-1, 3);
    await mount.stop();
    expect(await mount.readSettings()).toMatchObject({plate1Firmware: firmware, unansweredMoves: 0});
    expect(chain.devices[1].axes[0].offset).toBeCloseTo(0.5, 4);
  });

  it('names a device that does not answer, and an axis that is not there', async () => {
    await expect(setUp(configWith([{address: 5, axes: {x: linear(1)}}]))).rejects.toThrow(
      /address 5 \(plate 1\).*the chain answers, with devices 1, 2: correct mount.plates.address/,
    );
    await expect(
      expectWire(
        {settings: zaber.link},
        [['', undefined], ...silentQuestions, [step('0 0 3', '')[0], undefined]],
        async (link) => void (await connectZaber(link, oneAxis)),
      ),
    ).rejects.toThrow(/nothing came at all: .*does not speak the ASCII protocol/);
    await expect(
      expectWire(
        {settings: zaber.link},
        [
          ['', undefined],
          ...silentQuestions.map(([sent]): WireStep => [sent, {chunks: ['\x00\xf0']}]),
          [step('0 0 3', '')[0], undefined],
        ],
        async (link) => void (await connectZaber(link, oneAxis)),
      ),
    ).rejects.toThrow(/bytes came, but no line: likely another baud rate/);
    await expect(setUp(configWith([{address: 1, axes: {x: linear(6)}}]))).rejects.toThrow('has 4');
  });

  it('lists settings by plate', async () => {
    const {mount} = await setUp(configWith([fourAxes(1), fourAxes(2)]));
    expect(await mount.readSettings()).toMatchObject({
      plate1Firmware: '7.35',
      plate2Warnings: 'WR',
      plate2RotationDegSteps: 0,
    });
  });
});
