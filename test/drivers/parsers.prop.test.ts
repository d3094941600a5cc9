import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {decodeTrcb, decodeTrcl, parseTrca} from '../../drivers/lockin/sr830-buffer.ts';
import {judgeReading, type ReadingContext} from '../../drivers/lockin/sr830-reading.ts';
import {numberFromText, parseIdentity, parseScpiError} from '../../drivers/kit/index.ts';
import {planLegs} from '../../drivers/stage/bench-axes.ts';
import {isAtRest, parseStatus} from '../../drivers/stage/grbl-status.ts';
import {computeMoveMs} from '../../drivers/stage/motion-time.ts';
import {degFromRad} from '../../src/contract/units.ts';

const source = {from: 'test', asked: 'test'};
const finite = fc.double({min: -1e30, max: 1e30, noNaN: true}).map((value) => value + 0);

/** As the SR830 prints: six digits, exponent of three digits. */
const printSr830 = (value: number): string =>
  Number(value.toPrecision(6))
    .toExponential()
    .replace(/e([+-])(\d+)$/, (_, sign: string, digits: string) => `e${sign}${digits.padStart(3, '0')}`);

describe('numbers on the wire', () => {
  it('reads every finite number in plain, two-digit and three-digit exponent form', () => {
    fc.assert(
      fc.property(finite, (value) => {
        const rounded = Number(value.toPrecision(6));
        expect(numberFromText(printSr830(value))).toBe(rounded);
        expect(numberFromText(rounded.toExponential())).toBe(rounded);
        expect(numberFromText(` ${rounded.toExponential().toUpperCase()} `)).toBe(rounded);
      }),
    );
  });

  it('makes no number of anything else', () => {
    for (const text of [
      '',
      '.',
      '-',
      'e5',
      '1e',
      '0x10',
      '1,5',
      'NaN',
      'Infinity',
      '1 2',
      '9.91E37',
      '1e999',
      '--1',
    ])
      expect(numberFromText(text)).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (text) => {
        const value = numberFromText(text);
        expect(value === undefined || Number.isFinite(value)).toBe(true);
      }),
    );
  });

  it('reads SCPI errors with and without sign, blanks and quotes', () => {
    fc.assert(
      fc.property(
        fc.integer({min: -499, max: 999}),
        fc.stringMatching(/^[A-Za-z ;,.]{1,30}$/),
        (code, text) => {
          expect(parseScpiError(`${code >= 0 ? '+' : ''}${code},"${text}"`, 'test')).toEqual({code, text});
        },
      ),
    );
    expect(() => parseScpiError('No error', 'test')).toThrow(/error number/);
  });

  it('trims the parts of an identity', () => {
    expect(parseIdentity('Agilent Technologies, N5183A, MY1, A.01.80', source)).toMatchObject({
      model: 'N5183A',
      firmware: 'A.01.80',
    });
    expect(() => parseIdentity('nonsense', source)).toThrow(/identity/);
  });
});

describe('SR830 buffers', () => {
  it('reads TRCB as single precision', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({noNaN: true, noDefaultInfinity: true}), {minLength: 1, maxLength: 50}),
        (values) => {
          const bytes = new Uint8Array(Float32Array.from(values).buffer);
          expect(decodeTrcb(bytes, source)).toEqual(values);
        },
      ),
    );
    expect(() => decodeTrcb(Uint8Array.of(0, 0, 0x80, 0x7f), source)).toThrow(/finite/);
  });

  it('reads TRCL as mantissa and exponent, also from the middle of a larger buffer', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({min: -32768, max: 32767}), fc.integer({min: 0, max: 248})), {
          minLength: 1,
          maxLength: 50,
        }),
        (bins) => {
          const view = new DataView(new ArrayBuffer(bins.length * 4 + 3));
          bins.forEach(([mantissa, exponent], bin) => {
            view.setInt16(3 + bin * 4, mantissa, true);
            view.setUint16(3 + bin * 4 + 2, exponent, true);
          });
          const values = decodeTrcl(new Uint8Array(view.buffer, 3), source);
          expect(values).toEqual(bins.map(([mantissa, exponent]) => mantissa * 2 ** (exponent - 124)));
        },
      ),
    );
    expect(() => decodeTrcl(Uint8Array.of(0, 0, 249, 0), source)).toThrow(/exponent/);
  });

  it('reads TRCA with its trailing comma and refuses another count', () => {
    fc.assert(
      fc.property(fc.array(finite, {minLength: 1, maxLength: 30}), (values) => {
        const rounded = values.map((value) => Number(value.toPrecision(6)));
        const text = `${values.map(printSr830).join(',')},`;
        expect(parseTrca(text, values.length, source)).toEqual(rounded);
        expect(() => parseTrca(text, values.length + 1, source)).toThrow(/numbers/);
      }),
    );
  });
});

describe('X, Y, R, theta', () => {
  const six = (value: number): number => Number(value.toPrecision(6));
  const context = {fullScale: 1, timeConstantS: 0.03, offsets: {xPercent: 0, yPercent: 0, rPercent: 0}};
  const within = fc.double({min: -0.7, max: 0.7, noNaN: true});

  const consistentReading = (values: readonly number[], of: ReadingContext) => {
    const judged = judgeReading(values, of);
    return judged && judged.distance <= judged.rounding ? judged.reading : undefined;
  };

  it('accepts every signal as the instrument prints it', () => {
    fc.assert(
      fc.property(within, within, (x, y) => {
        const values = [six(x), six(y), six(Math.hypot(x, y)), six(degFromRad(Math.atan2(y, x)))];
        expect(consistentReading(values, context)).toBeDefined();
      }),
    );
  });

  it('refuses a value that is off by a hundredth of full scale', () => {
    fc.assert(
      fc.property(within, within, fc.integer({min: 0, max: 2}), (x, y, index) => {
        const values = [x, y, Math.hypot(x, y), degFromRad(Math.atan2(y, x))];
        values[index] = values[index] + 0.01;
        expect(consistentReading(values, context)).toBeUndefined();
      }),
    );
  });

  it('undoes offsets whether or not R and theta follow them', () => {
    fc.assert(
      fc.property(within, within, fc.boolean(), (x, y, doesFollow) => {
        const offsets = {xPercent: 20, yPercent: -10, rPercent: 0};
        const [shownX, shownY] = [x - 0.2, y + 0.1];
        const [baseX, baseY] = doesFollow ? [shownX, shownY] : [x, y];
        const values = [shownX, shownY, Math.hypot(baseX, baseY), degFromRad(Math.atan2(baseY, baseX))];
        const reading = consistentReading(values, {...context, offsets});
        expect(reading?.xV).toBeCloseTo(x, 12);
        expect(reading?.yV).toBeCloseTo(y, 12);
        expect(reading?.rV).toBeCloseTo(Math.hypot(x, y), 2);
      }),
    );
  });
});

describe('GRBL status reports', () => {
  const axes = fc.array(
    fc.integer({min: -999_999, max: 999_999}).map((value) => value / 1000),
    {minLength: 3, maxLength: 6},
  );
  const list = (values: readonly number[]): string => values.map((value) => value.toFixed(3)).join(',');

  it('reads every field', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'Idle',
          'Run',
          'Hold:0',
          'Hold:1',
          'Jog',
          'Alarm',
          'Door:2',
          'Check',
          'Home',
          'Sleep',
        ),
        axes,
        fc.option(axes),
        fc.constantFrom('', '|Pn:XYZ', '|Pn:P|Ov:100,25,100', '|Bf:15,128|Ln:99', '|A:SFM'),
        (state, machine, offset, more) => {
          const wco = offset === null ? '' : `|WCO:${list(offset)}`;
          const status = parseStatus(`<${state}|MPos:${list(machine)}|FS:500,0${more}${wco}|Future:1,2>`);
          expect(status?.state).toBe(state.split(':')[0]);
          expect(status?.machine).toEqual(machine);
          expect(status?.workOffset).toEqual(offset ?? undefined);
          expect(status?.feed).toBe(500);
          if (more.includes('Pn:XYZ')) expect(status?.pins).toBe('XYZ');
          if (more.includes('Ov')) expect(status?.overridesPercent).toEqual([100, 25, 100]);
          if (more.includes('Bf'))
            expect(status).toMatchObject({plannerFree: 15, receiveFree: 128, lineNumber: 99});
        },
      ),
    );
  });

  it('makes nothing of a report that is cut or damaged', () => {
    const whole = '<Idle|MPos:1.000,-2.500,0.000|FS:0,0|WCO:0.000,0.000,0.000>';
    fc.assert(
      fc.property(fc.integer({min: 0, max: whole.length - 1}), (length) => {
        expect(parseStatus(whole.slice(0, length))).toBeUndefined();
      }),
    );
    for (const line of [
      '<Idle|MPos:1.0,x,0>',
      '<Idle|MPos:1.0,,0>',
      '<Idle>',
      '<|MPos:0,0,0>',
      '<Idle|FS:0,0>',
      '[MSG:Idle]',
    ])
      expect(parseStatus(line)).toBeUndefined();
  });

  it('knows when nothing turns', () => {
    const at = (state: string): boolean =>
      isAtRest(parseStatus(`<${state}|MPos:0,0,0>`) ?? {state: '', pins: ''});
    expect(['Idle', 'Hold:0', 'Alarm', 'Door:0', 'Sleep', 'Check'].every(at)).toBe(true);
    expect(['Run', 'Jog', 'Home', 'Hold:1', 'Door:2', 'Door:3'].some(at)).toBe(false);
  });
});

describe('motion', () => {
  it('computes the time of a trapezoid and of a triangle, scaled along the path', () => {
    const axis = {rateMmPerMin: 600, accelerationMmPerS2: 100};
    expect(computeMoveMs([10], [axis])).toBeCloseTo(1000 + 100, 9);
    expect(computeMoveMs([0.25], [axis])).toBeCloseTo(100, 9);
    expect(computeMoveMs([30, 40], [axis, axis])).toBeCloseTo(4000 + 100, 6);
    expect(computeMoveMs([0, 0], [axis, axis])).toBe(0);
  });

  it('always ends a move upwards over the whole backlash, at the target', () => {
    const position = fc.double({min: -50, max: 50, noNaN: true});
    fc.assert(
      fc.property(position, position, position, position, (fromX, fromY, toX, toY) => {
        const target = {x: toX, y: toY};
        const legs = planLegs({x: fromX, y: fromY}, target, {
          backlashMm: 0.5,
          resolutionMm: 0.0006,
          isSeated: () => false,
        });
        expect(legs.length).toBeGreaterThan(0);
        let at: Partial<Record<'x' | 'y' | 'z', number>> = {x: fromX, y: fromY};
        const upwardsMm = {x: 0, y: 0};
        for (const leg of legs)
          for (const axis of ['x', 'y'] as const) {
            const travel = (leg[axis] ?? at[axis] ?? 0) - (at[axis] ?? 0);
            upwardsMm[axis] = travel < 0 ? 0 : upwardsMm[axis] + travel;
            at = {...at, [axis]: leg[axis] ?? at[axis]};
          }
        expect(at).toMatchObject(target);
        expect(upwardsMm.x).toBeGreaterThanOrEqual(0.5 - 1e-9);
        expect(upwardsMm.y).toBeGreaterThanOrEqual(0.5 - 1e-9);
      }),
    );
  });
});
