import {describe, expect, it} from 'vitest';
import {banner, ctrlX, start, unlock} from './grbl-fixture.ts';

describe('GRBL motion', () => {
  const fast = new Map([
    [110, 6000],
    [111, 6000],
    [120, 500],
    [121, 500],
  ]);

  it.each([
    ['trapezoid', 50, 50 / 100 + 100 / 500],
    ['triangle', 2, 2 * Math.sqrt(2 / 500)],
  ])('takes the time of a %s', (_, lengthMm, seconds) => {
    const {wire, status} = start({settings: fast});
    wire.send(`G0X${lengthMm}\n`, 0);
    wire.send('', seconds + 0.0005);
    expect(status()).toBe(`<Idle|MPos:${lengthMm.toFixed(3)},0.000,0.000|FS:0,0>`);
    const {wire: second} = start({settings: fast});
    second.send(`G0X${lengthMm}\n`, seconds - 0.001);
    expect(second.send('?', 0.0005 + 0.006)).toMatch(/^<Run/);
  });

  it('scales speed and acceleration by the slower axis', () => {
    const {wire} = start({
      settings: new Map([
        [110, 6000],
        [111, 600],
        [120, 1e6],
        [121, 1e6],
      ]),
    });
    wire.send('G0X30Y10\nG4P0\n', 0.99);
    expect(wire.received()).toBe('');
    expect(wire.send('', 0.02)).toBe('ok\r\n');
  });

  it('answers ok when planned and the barrier when done', () => {
    const {wire} = start({settings: fast});
    expect(wire.send('G1X10F600\nG4P0\n', 0.5)).toBe('ok\r\n');
    expect(wire.send('', 1)).toBe('ok\r\n');
  });

  it('keeps a line waiting while 15 blocks are planned', () => {
    const {wire} = start({settings: fast});
    const lines = Array.from({length: 20}, (_, i) => `G1X${i + 1}F600\n`).join('');
    expect(wire.send(lines, 0.05)).toBe('ok\r\n'.repeat(15));
    expect(wire.send('', 10)).toBe('ok\r\n'.repeat(5));
  });

  it('passes straight joints without stopping and stops at a reversal', () => {
    const {wire} = start({settings: fast});
    wire.send('G1F6000X10\nX20\nX30\nG4P0\n', 0.3 + 0.2 + 0.005);
    expect(wire.send('', 0)).toBe('');
    const straight = start({settings: fast});
    straight.wire.send('G1F6000X10\nX20\nX30\nG4P0\n', 0.52);
    expect(straight.status()).toMatch(/^<Idle/);
    const back = start({settings: fast});
    back.wire.send('G1F6000X10\nX0\nG4P0\n', 0.55);
    expect(back.status()).toMatch(/^<Run/);
    back.wire.send('', 0.1);
    expect(back.status()).toMatch(/^<Idle/);
  });

  it('snaps positions to steps', () => {
    const {wire, status} = start();
    wire.send('G0X0.0071\n', 2);
    expect(status()).toContain('MPos:0.008,');
  });

  it('holds, keeps lines unanswered, resumes, and reports the feed', () => {
    const {wire, status} = start({settings: fast});
    wire.send('G1X50F600\n', 1);
    expect(status()).toMatch(/^<Run\|MPos:\d+\.\d{3},0.000,0.000\|FS:600,0>$/);
    wire.send('!', 0.001);
    expect(wire.send('?', 0.008)).toMatch(/^<Hold:1/);
    wire.send('', 1);
    const held = status();
    expect(held).toMatch(/^<Hold:0.*FS:0,0>$/);
    expect(wire.send('$$\n')).toBe('');
    expect(status()).toBe(held);
    expect(wire.send('~')).toBe('error:8\r\n');
    wire.send('', 6);
    expect(status()).toBe('<Idle|MPos:50.000,0.000,0.000|FS:0,0>');
  });

  it('locks with ALARM:3 after a reset in motion, not after one in Hold:0', () => {
    const {wire, status} = start({settings: fast});
    wire.send('G1X50F600\n', 1);
    expect(wire.send(ctrlX)).toBe(`ALARM:3\r\n${banner}${unlock}`);
    expect(wire.send('G0X0\n')).toBe('error:9\r\n');
    expect(wire.send('$J=X1F100\n')).toBe('error:8\r\n');
    expect(wire.send('$X\n')).toBe('[MSG:Caution: Unlocked]\r\nok\r\n');
    wire.send('G1X50F600\n', 0.5);
    wire.send('!', 1);
    const position = /MPos:[^|]*/.exec(status())![0];
    expect(wire.send(ctrlX)).toBe(banner);
    expect(status()).toContain(`<Idle|${position}`);
  });

  it('follows overrides within 10..200 %', () => {
    const {wire, status} = start({settings: fast});
    wire.send('G1X100F600\n', 1);
    wire.send([0x91, 0x91, 0x93], 0.5);
    expect(status()).toContain('FS:726,0');
    wire.send(Array<number>(30).fill(0x92), 0.5);
    expect(status()).toContain('FS:60,0');
    wire.send([0x90], 0.5);
    expect(status()).toContain('FS:600,0');
    expect(wire.send('?')).toBeTruthy();
    wire.send(ctrlX);
    wire.send('$X\nG0X200\n', 0.5);
    wire.send([0x97], 0.5);
    expect(status()).toContain('FS:1500,0');
  });

  it('jogs, refuses g-code meanwhile, and cancels to Idle without alarm', () => {
    const {wire, status} = start({settings: fast});
    expect(wire.send('$J=G91X50F600\n', 0.5)).toBe('ok\r\n');
    expect(status()).toMatch(/^<Jog/);
    expect(wire.send('G0X0\n')).toBe('error:9\r\n');
    wire.send([0x85], 0.5);
    expect(status()).toMatch(/^<Idle/);
    expect(wire.send('$G\n')).toContain('[GC:G0 G54 G17 G21 G90');
    wire.send('$J=X0F6000\n', 2);
    expect(status()).toContain('MPos:0.000');
    wire.send('$J=X50F600\n', 0.5);
    wire.send('!', 0.5);
    expect(status()).toMatch(/^<Idle/);
  });

  it('begins the move after a cancelled jog where the jog ended', () => {
    const {wire, status} = start({settings: fast});
    wire.send('$J=G91X50F600\n', 0.5);
    wire.send([0x85], 0.5);
    const xMm = Number(/MPos:([\d.]+),/.exec(status())?.[1]);
    expect(xMm).toBeGreaterThan(1);
    // A tenth of a second of a slow move: hardly any way from there.
    wire.send('$J=G91X50F60\n', 0.1);
    const nextMm = Number(/MPos:([\d.]+),/.exec(status())?.[1]);
    expect(nextMm).toBeGreaterThanOrEqual(xMm);
    expect(nextMm).toBeLessThan(xMm + 0.3);
  });

  it('refuses a jog beyond the travel and stops on ALARM:2 for a move, where only ctrl-X helps', () => {
    const {wire, status} = start({settings: new Map([...fast, [22, 1], [20, 1]])});
    wire.send('$X\n');
    expect(wire.send('$J=X1F100\n')).toBe('error:15\r\n');
    expect(wire.send('G0X-20\n', 3)).toBe('ok\r\n');
    expect(wire.send('G0X1\n', 1)).toBe('ALARM:2\r\n[MSG:Reset to continue]\r\n');
    expect(wire.send('?\n$X\n')).toBe('');
    expect(wire.send(ctrlX)).toBe(`${banner}${unlock}`);
    expect(status()).toBe('<Alarm|MPos:-20.000,0.000,0.000|FS:0,0>');
  });

  it('homes Z, then X and Y, answers nothing meanwhile, and stands off by $27', () => {
    const {wire, greeting, status} = start({settings: new Map([...fast, [22, 1], [25, 3000], [24, 100]])});
    expect(greeting).toBe(`${banner}${unlock}`);
    expect(wire.send('$H\n', 1)).toBe('');
    expect(wire.send('?')).toBe('');
    expect(wire.send('', 60)).toBe('ok\r\n');
    expect(status()).toBe('<Idle|MPos:-1.000,-1.000,-1.000|FS:0,0>');
    expect(wire.send(ctrlX)).toBe(banner);
  });

  it('homes to the other end with $23, and gives ALARM:9, 8 and 6', () => {
    const homing = new Map([...fast, [22, 1], [25, 6000], [112, 6000], [122, 500], [23, 1]]);
    const {wire, status} = start({settings: homing});
    wire.send('$H\n', 60);
    expect(status()).toContain('MPos:-199.000,-1.000,-1.000');
    const missing = start({settings: homing, body: {hasSwitches: false}}).wire;
    expect(missing.send('$H\n', 60)).toBe(`ALARM:9\r\n${banner}${unlock}`);
    const stuck = start({settings: homing, body: {isSwitchStuck: true}}).wire;
    expect(stuck.send('$H\n', 60)).toContain('ALARM:8\r\n');
    const broken = start({settings: homing}).wire;
    broken.send('$H\n', 0.5);
    expect(broken.send(ctrlX)).toBe(`ALARM:6\r\n${banner}${unlock}`);
  });

  it('runs onto a hard limit with ALARM:1', () => {
    const {wire} = start({settings: new Map([...fast, [21, 1]])});
    expect(wire.send('G0X150\n', 3)).toBe('ok\r\nALARM:1\r\n[MSG:Reset to continue]\r\n');
    expect(wire.send('?')).toBe('');
    expect(wire.send(ctrlX)).toBe(`${banner}[MSG:Check Limits]\r\n${unlock}`);
    wire.send('$X\n');
    expect(wire.send('?')).toContain('|Pn:X|');
  });

  it('draws arcs that end where they should, and full circles', () => {
    const {wire, status} = start({settings: fast});
    wire.send('G2X10Y10I5J5F6000\n', 30);
    expect(status()).toContain('Idle|MPos:10.000,10.000');
    wire.send('G3X10I5J0\n', 0.2);
    expect(status()).toMatch(/^<Run/);
    wire.send('', 30);
    expect(status()).toContain('Idle|MPos:10.000,10.000');
    wire.send('G18G2X0Z0R10\n', 30);
    expect(status()).toContain('Idle|MPos:0.000,10.000,0.000');
  });

  it('probes without a probe: ALARM:5, none for G38.3, ALARM:4 away', () => {
    const {wire} = start({settings: fast});
    expect(wire.send('G38.2X5F600\n', 5)).toMatch(/^ALARM:5\r\n\[PRB:0.000,0.000,0.000:0\]\r\nok\r\n$/);
    wire.send('$X\n');
    expect(wire.send('G38.3X9F600\n', 5)).toBe('[PRB:9.000,0.000,0.000:0]\r\nok\r\n');
    expect(wire.send('G38.4X5F600\n', 5)).toBe('ALARM:4\r\nok\r\n');
  });

  it('pauses on M0 until resumed and opens the door on 0x84', () => {
    const {wire, status} = start({settings: fast});
    expect(wire.send('M0\n')).toBe('');
    expect(status()).toMatch(/^<Hold:0/);
    expect(wire.send('~')).toBe('ok\r\n');
    wire.send('G1X50F600\n', 1);
    expect(wire.send([0x84], 1)).toBe('[MSG:Check Door]\r\n');
    expect(status()).toMatch(/^<Door:0/);
    wire.send('~', 0.5);
    expect(status()).toMatch(/^<Run/);
  });

  it('only plans nothing in check mode', () => {
    const {wire, status} = start();
    wire.send('$C\nG0X100\n', 5);
    expect(status()).toBe('<Check|MPos:0.000,0.000,0.000|FS:0,0>');
    expect(wire.send('G1X1\n')).toBe('error:22\r\n');
  });

  it('loses what does not fit into 128 bytes while a line waits', () => {
    const {wire} = start({settings: fast});
    expect(wire.send(`G1X5F60\nG4P0\n${'\n'.repeat(200)}`, 10)).toBe('ok\r\n'.repeat(1 + 1 + 128));
  });
});
