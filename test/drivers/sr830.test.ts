import {describe, expect, it} from 'vitest';
import {connectSr830} from '../../drivers/lockin/sr830.ts';
import {
  config,
  damaged,
  firstRead,
  greeting,
  identity,
  inStep,
  options,
  asksAt,
  readAnewAt,
  readAt,
  refreshed,
  toldAt,
  withLockIn,
} from './sr830-script.ts';
import {expectWire} from './wire-script.ts';
import type {WireStep} from './wire-script.ts';
import type {RepeatedQuestion} from '../../src/contract/devices.ts';

describe('SR830', () => {
  it('sends OUTX 0 before anything else and knows what answered', () =>
    withLockIn([...greeting, ...refreshed()], async (lockIn) => {
      expect(lockIn.identity).toEqual({
        maker: 'Stanford_Research_Systems',
        model: 'SR830',
        serialNumber: 's/n12345',
        firmware: 'ver1.07',
        text: identity,
      });
    }));

  it('refuses another instrument and says what answered', () =>
    expectWire(options, [['OUTX 0'], ['*IDN?', 'KEITHLEY INSTRUMENTS INC.,MODEL 2000,1,A']], async (link) => {
      await expect(connectSr830(link, config)).rejects.toMatchObject({
        code: 'device/wrong-instrument',
        message: expect.stringContaining('MODEL 2000') as string,
      });
    }));

  it('throws away bits latched before the first reading and reads with three-digit exponents', () =>
    withLockIn(
      [...greeting, ...refreshed(), firstRead, readAt(1, '-4.17234e-007,0,4.17234e-07,180')],
      async (lockIn) => {
        expect(await lockIn.read()).toEqual({xV: 0.3, yV: 0.4, rV: 0.5, thetaDeg: 53.1301});
        expect(await lockIn.read()).toEqual({xV: -4.17234e-7, yV: 0, rV: 4.17234e-7, thetaDeg: 180});
      },
    ));

  it('takes a reply that comes byte by byte', () =>
    withLockIn(
      [
        ...greeting,
        ...refreshed(),
        ['LIAS?;SNAP?1,2,3,4;LIAS?', {chunks: [...'0\r0.3,0.4,0.5,53.1301\r0\r']}],
      ],
      async (lockIn) => {
        expect((await lockIn.read()).rV).toBe(0.5);
      },
    ));

  it('reads again after an overload and gives the clean value', () =>
    withLockIn(
      [...greeting, ...refreshed(), readAnewAt(0, '0', '1,1,1.41421,45', '4'), readAt(1)],
      async (lockIn) => {
        expect((await lockIn.read()).xV).toBe(0.3);
      },
    ));

  it('gives no number while the reference is unlocked', () =>
    withLockIn(
      [
        ...greeting,
        ...refreshed(),
        ['LIAS?;SNAP?1,2,3,4;LIAS?', {lines: ['8', '0.3,0.4,0.5,53.1301', '8']}],
        ...[1, 2, 3].map((turn) => readAt(turn, '0.3,0.4,0.5,53.1301', '8')),
      ],
      async (lockIn) => {
        await expect(lockIn.read()).rejects.toMatchObject({
          code: 'device/not-valid',
          message: expect.stringContaining('reference unlock') as string,
        });
      },
    ));

  it('reads its filter again when the instrument has changed the time constant', () =>
    withLockIn(
      [
        ...greeting,
        ...refreshed(),
        ['LIAS?;SNAP?1,2,3,4;LIAS?', {lines: ['0', '0.3,0.4,0.5,53.1301', '32']}],
        ...refreshed(8),
        readAt(1),
      ],
      async (lockIn) => {
        expect(lockIn.settleMs(0.01)).toBeCloseTo(6.638 * 30, 0);
        await lockIn.read();
        expect(lockIn.settleMs(0.01)).toBeCloseTo(6.638 * 100, 0);
        expect(lockIn.noiseBandwidthHz()).toBeCloseTo(1.25, 9);
      },
    ));

  it('refuses X, Y, R and theta that do not belong together, four times in a row', () =>
    withLockIn(
      [
        ...greeting,
        ...refreshed(),
        ['LIAS?;SNAP?1,2,3,4;LIAS?', {lines: ['0', '0.3,0.4,0.7,53.1301', '0']}],
        ...refreshed(),
        ...[1, 2, 3].flatMap((turn): WireStep[] => [readAt(turn, '0.3,0.4,0.7,53.1301'), ...refreshed()]),
      ],
      async (lockIn) => {
        await expect(lockIn.read()).rejects.toMatchObject({code: 'device/bad-reply'});
      },
    ));

  it('reads again when R is a refresh older than X and Y of a signal on the move', () =>
    withLockIn(
      [
        ...greeting,
        ...refreshed(),
        ['LIAS?;SNAP?1,2,3,4;LIAS?', {lines: ['0', '0.3,0.4,0.7,53.1301', '0']}],
        ...refreshed(),
        readAt(1),
      ],
      async (lockIn) => {
        expect((await lockIn.read()).rV).toBe(0.5);
      },
    ));

  it('undoes an offset of X', () =>
    withLockIn(
      [
        ...greeting,
        ...refreshed(7, 26, '10,1'),
        ['LIAS?;SNAP?1,2,3,4;LIAS?', {lines: ['0', '0.2,0.4,0.5,53.1301', '0']}],
      ],
      async (lockIn) => {
        expect((await lockIn.read()).xV).toBeCloseTo(0.3, 12);
      },
    ));

  it.each(['0.3,0.4,0.5', '0.3,0.4,,53.1301', '0.3,0.4,0.5,abc', '', 'NAN,0,0,0', '0.3,0.4,0.5,53.1301,1'])(
    'makes no number of the reply %j',
    (garbled) =>
      withLockIn(
        [
          ...[...greeting, ...refreshed(), damaged(garbled), inStep],
          ...[damaged(garbled, 1), inStep, damaged(garbled, 2)],
        ],
        async (lockIn) => {
          await expect(lockIn.read()).rejects.toMatchObject({code: 'device/bad-reply'});
        },
      ),
  );

  it('reads again after a damaged answer, with the latch read afresh, and counts it', () =>
    withLockIn(
      [...greeting, ...refreshed(), damaged('0.3,0.4#0.5,53.1301'), inStep, readAnewAt(1), readAt(2)],
      async (lockIn) => {
        const repeats: RepeatedQuestion[] = [];
        const onRepeat = (repeat: RepeatedQuestion): void => void repeats.push(repeat);
        expect((await lockIn.read({onRepeat})).rV).toBe(0.5);
        expect(repeats).toEqual([{asked: 'SNAP?', why: 'damaged'}]);
        expect((await lockIn.read({onRepeat})).rV).toBe(0.5);
        expect(repeats).toHaveLength(1);
      },
    ));

  it('reads again after silence: the filter gets time to forget, and what was latched meanwhile counts', () =>
    withLockIn(
      [
        ...greeting,
        ...refreshed(),
        firstRead,
        // Nothing comes; the event status says that the question was understood.
        [asksAt(1)],
        inStep,
        ['*ESR?', '0'],
        // The answer to the second LIAS? is lost as well.
        [`LIAS?;${asksAt(2)}`, {lines: ['4', toldAt(2, '1,1,1.41421,45')]}],
        inStep,
        ['*ESR?', '0'],
        readAnewAt(3, '4', '1,1,1.41421,45', '4'),
        readAt(4),
      ],
      async (lockIn) => {
        const why: string[] = [];
        const onRepeat = (repeat: RepeatedQuestion): void => void why.push(repeat.why);
        await lockIn.read();
        expect(await lockIn.read({onRepeat})).toMatchObject({rV: 0.5});
        expect(why).toEqual(['silent', 'silent']);
      },
      10,
    ));

  it('gives up after two repeats, with the reason of the first', () =>
    withLockIn(
      [
        ...greeting,
        ...refreshed(),
        ...[0, 1, 2].flatMap((turn): WireStep[] => [[`LIAS?;${asksAt(turn)}`], inStep, ['*ESR?', '0']]),
      ],
      async (lockIn) => {
        await expect(lockIn.read()).rejects.toMatchObject({
          code: 'port/timeout',
          message: expect.stringContaining('SNAP?') as string,
        });
      },
      10,
    ));

  it('never asks again what clears the buffer of errors or sets something', () =>
    withLockIn(
      [...greeting, ...refreshed(), ['ERRS?'], inStep, ['*ESR?', '0']],
      async (lockIn) => {
        await expect(lockIn.wire.readByte('ERRS?')).rejects.toMatchObject({code: 'port/timeout'});
      },
      10,
    ));

  it('never takes a late reply for the next answer', () =>
    withLockIn(
      [
        ...greeting,
        ...refreshed(),
        firstRead,
        ['SENS?', {chunks: ['17\r'], afterMs: 290}],
        ['*IDN?', identity],
        ['*ESR?', '0'],
        ['SENS?', '20'],
        ['OFLT?', '9'],
      ],
      async (lockIn) => {
        await lockIn.read();
        // Asked again, and answered with what holds now, not with what came late.
        expect(await lockIn.get('sensitivityV')).toBe(0.01);
        expect(await lockIn.get('timeConstantS')).toBe(0.3);
      },
      10,
    ));

  it('says why a query stayed silent', () =>
    withLockIn(
      [...greeting, ...refreshed(), ['OUTR? 1'], ['*IDN?', identity], ['*ESR?', '32']],
      async (lockIn) => {
        await expect(lockIn.call('read-display', {channel: 1})).rejects.toMatchObject({
          code: 'device/refused',
          message: expect.stringContaining('CMD') as string,
        });
      },
      10,
    ));

  it('writes settings in a sensible order, verifies each, and reads the filter again', () =>
    withLockIn(
      [
        ...greeting,
        ...refreshed(),
        ['SENS 20'],
        ['SENS?', '20'],
        ['OFSL 3'],
        ['OFSL?', '3'],
        ['OFLT 8'],
        ['OFLT?', '8'],
        ...refreshed(8, 20, '0,0', 3),
      ],
      async (lockIn) => {
        await lockIn.applySettings({timeConstantS: 0.1, slopeDbPerOctave: 24, sensitivityV: 0.01});
        expect(lockIn.settleMs(0.01)).toBeCloseTo(1005, 0);
      },
    ));

  it('sends nothing when one of the settings is not allowed', () =>
    withLockIn([...greeting, ...refreshed()], async (lockIn) => {
      await expect(lockIn.applySettings({sensitivityV: 0.01, sineOutputV: 6})).rejects.toMatchObject({
        code: 'device/out-of-range',
        message: expect.stringMatching(/sineOutputV = 6 V.*0\.004 to 5 V/) as string,
      });
      await expect(lockIn.applySettings({timeConstant: 1})).rejects.toMatchObject({code: 'device/unknown'});
      await expect(lockIn.applySettings({timeConstantS: 0.2})).rejects.toMatchObject({
        code: 'device/out-of-range',
      });
    }));

  it('tells when the instrument keeps another value, with its reason', () =>
    withLockIn(
      [...greeting, ...refreshed(), ['OFLT 14'], ['OFLT?', '13'], ['*ESR?', '16']],
      async (lockIn) => {
        await expect(lockIn.set('timeConstantS', 100)).rejects.toMatchObject({
          code: 'device/refused',
          message: expect.stringContaining('EXE') as string,
        });
      },
    ));

  it('keeps the expand when it writes an offset', () =>
    withLockIn(
      [
        ...greeting,
        ...refreshed(),
        ['OEXP? 1', '0,1'],
        ['OEXP 1,12.50,1'],
        ['OEXP? 1', '12.5,1'],
        ...refreshed(7, 26, '12.5,1'),
      ],
      async (lockIn) => {
        expect(await lockIn.set('xOffsetPercent', 12.5)).toBe(12.5);
      },
    ));

  it('finds the range for 30 to 80 per cent and waits after each change', () => {
    let turn = 0;
    const sample = (value: string, lias = '0'): WireStep => readAnewAt(turn++, '0', value, lias);
    return withLockIn(
      [
        ...greeting,
        ...refreshed(),
        ['SENS?', '26'],
        sample('0.0012,0,0.0012,0'),
        ['ISRC?', '0'],
        ['SENS 20'],
        ['SENS?', '20'],
        ...refreshed(7, 20),
        sample('0.0012,0,0.0012,0'),
        ['ISRC?', '0'],
        ['SENS 18'],
        ['SENS?', '18'],
        ...refreshed(7, 18),
        sample('0.0012,0,0.0012,0'),
        ['ISRC?', '0'],
      ],
      async (lockIn) => {
        const startMs = lockIn.wire.link.clock.nowMs();
        expect(await lockIn.autoRange()).toBe(0.002);
        expect(lockIn.wire.link.clock.nowMs() - startMs).toBeGreaterThanOrEqual(3 * lockIn.settleMs(0.01));
      },
    );
  });

  it('leaves an overloaded range upwards', () =>
    withLockIn(
      [
        ...greeting,
        ...refreshed(7, 14),
        ['SENS?', '14'],
        ['LIAS?;SNAP?1,2,3,4;LIAS?', {lines: ['0', '0.0001,0,0.0001,0', '4']}],
        ['SENS 17'],
        ['SENS?', '17'],
        ...refreshed(7, 17),
        readAnewAt(1, '4', '0.0004,0,0.0004,0'),
        ['ISRC?', '0'],
        ['SENS 16'],
        ['SENS?', '16'],
        ...refreshed(7, 16),
        readAnewAt(2, '0', '0.0004,0,0.0004,0'),
        ['ISRC?', '0'],
      ],
      async (lockIn) => {
        expect(await lockIn.autoRange()).toBe(0.0005);
      },
    ));

  it('sets the phase and proves it', () =>
    withLockIn(
      [
        ...greeting,
        ...refreshed(),
        ['APHS'],
        ['LIAS?;SNAP?1,2,3,4;LIAS?', {lines: ['0', '0.5,0,0.5,0.01', '0']}],
      ],
      (lockIn) => lockIn.autoPhase(),
    ));

  it('reads the buffers in all three forms', () =>
    withLockIn(
      [
        ...greeting,
        ...refreshed(),
        ['SPTS?', '2'],
        ['TRCA? 1,0,2', '-1.234567e-009,+7.654321e-009,'],
        ['SPTS?', '1'],
        ['TRCB? 2,0,1', {chunks: [Uint8Array.of(0, 0), Uint8Array.of(0x80, 0x3f)]}],
        ['SPTS?', '1'],
        ['TRCL? 1,0,1', {chunks: [Uint8Array.of(0x00, 0x40, 0x6e, 0x00)]}],
        ['SPTS?', '1'],
      ],
      async (lockIn) => {
        expect(await lockIn.call('buffer-read', {channel: 1})).toEqual([-1.234567e-9, 7.654321e-9]);
        expect(await lockIn.call('buffer-read', {channel: 2, format: 'trcb'})).toEqual([1]);
        expect(await lockIn.call('buffer-read', {channel: 1, format: 'trcl'})).toEqual([1]);
        await expect(lockIn.call('buffer-read', {channel: 1, count: 5})).rejects.toMatchObject({
          code: 'device/out-of-range',
        });
      },
    ));

  it('notices when another instrument answers in the middle of a run', () =>
    expectWire(
      options,
      [...greeting, ...refreshed(), firstRead, ['*IDN?', 'Stanford_Research_Systems,SR830,s/n99999,ver1.07']],
      async (link) => {
        const lockIn = await connectSr830(link, config, {identityCheckEvery: 2});
        await lockIn.read();
        await expect(lockIn.read()).rejects.toMatchObject({code: 'device/wrong-instrument'});
      },
    ));

  it('judges its settings: what the bench file names, what is safe, and what the operator has chosen since', () =>
    expectWire(
      options,
      [
        ...greeting,
        ...refreshed(),
        ['SENS 21'],
        ['SENS?', '21'],
        ...refreshed(7, 21),
        ['SENS 18'],
        ['SENS?', '18'],
        ...refreshed(7, 18),
        ['HARM 1'],
        ['HARM?', '1'],
        ...refreshed(7, 18),
      ],
      async (link) => {
        const lockIn = await connectSr830(
          link,
          {...config, settings: {sensitivityV: 0.02}},
          {identityCheckEvery: 0},
        );
        const found = {
          referenceSource: 'internal',
          referenceSlope: 'sine',
          referenceFrequencyHz: 1000,
          harmonic: 2,
          inputSource: 'I-1MOhm',
          inputCoupling: 'AC',
          lineFilter: 'both',
          sensitivityV: 0.05,
          timeConstantS: 10,
          xOffsetPercent: 0,
          rOffsetPercent: -12.5,
        };
        const judged = () =>
          lockIn.settingsCheck
            .differencesIn(found)
            .map(({name, wanted, wantedBy}) => `${name} ${String(wanted)} ${wantedBy}`);
        expect(judged()).toEqual([
          'referenceSource external driver',
          'harmonic 1 driver',
          'inputSource A driver',
          'sensitivityV 0.02 bench-file',
          'rOffsetPercent 0 driver',
        ]);
        await lockIn.set('sensitivityV', 0.002);
        expect(judged()).toContain('sensitivityV 0.002 operator');
        const harmonic = lockIn.settingsCheck.differencesIn(found).find(({name}) => name === 'harmonic');
        if (harmonic) await lockIn.settingsCheck.putRight(harmonic);
      },
    ));

  it('calls line filters and coupling safe as long as they do nothing to the signal', () =>
    withLockIn([...greeting, ...refreshed()], async (lockIn) => {
      const at = (referenceFrequencyHz: number) =>
        lockIn.settingsCheck
          .differencesIn({referenceFrequencyHz, harmonic: 1, lineFilter: 'line', inputCoupling: 'AC'})
          .map(({name}) => name);
      expect(at(1000)).toEqual([]);
      expect(at(83)).toEqual(['lineFilter']);
      expect(at(5)).toEqual(['inputCoupling', 'lineFilter']);
    }));

  it('knows its actions', () =>
    withLockIn([...greeting, ...refreshed(), ['STRT'], ['SENS?', '20']], async (lockIn) => {
      await lockIn.call('buffer-start');
      expect(await lockIn.get('sensitivityV')).toBe(0.01);
      await expect(lockIn.call('toString')).rejects.toMatchObject({code: 'device/unknown'});
    }));
});
