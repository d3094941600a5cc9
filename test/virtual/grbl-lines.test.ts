import {describe, expect, it} from 'vitest';
import {banner, ctrlX, start, unlock} from './grbl-fixture.ts';

describe('GRBL lines (grbl.md)', () => {
  it('greets with the banner, once', () => {
    expect(start().greeting).toBe(banner);
  });

  it.each([
    ['G0X1Y0\n', 'ok\r\n'],
    ['\n', 'ok\r\n'],
    ['\r\n', 'ok\r\nok\r\n'],
    ['g1 x1 f100 (comment) ; rest\n', 'ok\r\n'],
    ['$G\n', '[GC:G0 G54 G17 G21 G90 G94 M5 M9 T0 F0 S0]\r\nok\r\n'],
    ['$I\n', '[VER:1.1h.20190830:]\r\n[OPT:V,15,128]\r\nok\r\n'],
    ['$N\n', '$N0=\r\n$N1=\r\nok\r\n'],
    ['$\n', '[HLP:$$ $# $G $I $N $x=val $Nx=line $J=line $SLP $C $X $H ~ ! ? ctrl-x]\r\nok\r\n'],
    ['$x\n', 'ok\r\n'],
    ['$C\n', '[MSG:Enabled]\r\nok\r\n'],
    ['$C\n$C\n', `[MSG:Enabled]\r\nok\r\n[MSG:Disabled]\r\nok\r\n${banner}`],
    ['M3 S500\nM5\nM8\nM9\n', 'ok\r\n'.repeat(4)],
    ['G4 P0.01\n', 'ok\r\n'],
    ['M2\n', '[MSG:Pgm End]\r\nok\r\n'],
    ['$RST=#\n', `[MSG:Restoring defaults]\r\nok\r\n${banner}`],
    ['$SLP\n', 'ok\r\n[MSG:Sleeping]\r\n'],
    ['G10L2X1\n', 'ok\r\n'],
    ['G10L20Y2\n', 'ok\r\n'],
    ['G10L2P0X1\n', 'ok\r\n'],
    ['G10L2P256X1\n', 'ok\r\n'],
    ['G10L258P1X1\n', 'ok\r\n'],
    ['G49.1\n', 'ok\r\n'],
    ['$N0=\n', 'ok\r\n'],
    ['$N7=G54\n$N\n', 'ok\r\n$N0=\r\n$N1=\r\nok\r\n'],
    ['$ 1 1 = 0.02 (why)\n', 'ok\r\n'],
    [`G4P0.${'0'.repeat(74)}\n`, 'ok\r\n'],
    ['(a;b)G0;)x\n', 'ok\r\n'],
    ['$J=F100\n', 'ok\r\n'],
    ['G21 G90 G94 G17 G40 G49 G54 G61 G80 G91.1\n', 'ok\r\n'],
    ['G53 X1\n', 'ok\r\n'],
    ['N100 G0 X1\n', 'ok\r\n'],
    ['/G0X0\n', 'ok\r\n'],
  ])('answers %j with %j', (sent, reply) => {
    expect(start().wire.send(sent, 1)).toBe(reply);
  });

  it.each([
    ['1', 1],
    ['foo', 2],
    ['GX', 2],
    ['$$x', 3],
    ['$99=1', 3],
    ['$100', 3],
    ['$FOO', 2],
    ['$A', 2],
    ['$E', 2],
    ['$K', 2],
    ['$L', 2],
    ['$Q', 2],
    ['$=1', 2],
    ['$1=', 2],
    ['$.=1', 2],
    ['$--1=1', 2],
    ['$NX=G0', 2],
    ['$N0', 3],
    ['$N0=G5', 20],
    ['$S', 3],
    ['$SLPX', 3],
    ['$R', 3],
    ['$RST=X', 3],
    ['$RST=$$', 3],
    ['$#1', 3],
    ['$IX', 3],
    ['$C1', 3],
    ['$X1', 3],
    ['$G1', 3],
    ['$1=1X', 3],
    ['$1=1.2.3', 3],
    ['$256=1', 3],
    ['$255.5=1', 3],
    ['$103=1', 3],
    ['$140=1', 3],
    ['$7=1', 3],
    ['$-1=1', 3],
    ['$-1=-1', 4],
    ['$0=257', 6],
    ['$0=256', 6],
    ['$0=258.9', 6],
    ['$20=257', 10],
    ['$HX', 5],
    ['$11=x', 2],
    ['$100=-1', 4],
    ['F-1', 4],
    ['$H', 5],
    ['$0=2', 6],
    ['$20=1', 10],
    [`G1X1${' '.repeat(60)}${'0'.repeat(80)}`, 11],
    [`G4P0.${'0'.repeat(75)}`, 11],
    ['$J', 3],
    ['$Jx', 3],
    ['$J X1', 3],
    ['$J=', 22],
    ['$J=X1F100G1', 16],
    ['$J=X1F100G92', 16],
    ['$J=X1F100S1', 36],
    ['$J=X1F100G55', 16],
    ['$J=X1F100M3', 16],
    ['$J=X1', 22],
    ['G5', 20],
    ['M7', 20],
    ['M6', 20],
    ['A1', 20],
    ['G90.1', 20],
    ['G0G1X1F1', 24],
    ['G17G18', 21],
    ['G90G91', 21],
    ['M3M4', 21],
    ['G1X1', 22],
    ['G1X1F0', 22],
    ['G93G1X1', 22],
    ['G0.5X1', 23],
    ['G59.1', 23],
    ['M3.1', 23],
    ['G28G1X1F1', 24],
    ['X1X2', 25],
    ['G92', 26],
    ['G10L2P1', 26],
    ['G2F100', 26],
    ['N99999999X1', 27],
    ['G4', 28],
    ['G10X1', 28],
    ['G10', 26],
    ['G10P1X1', 20],
    ['G10L3X1', 20],
    ['G10L2P1R1X1', 20],
    ['G10P7X1', 29],
    ['G10L2P1X1I1', 36],
    ['G256X1', 23],
    ['G-0.5X1', 23],
    ['G-1', 20],
    ['M256', 23],
    ['M-3', 23],
    ['G43Z1', 20],
    ['G61.1', 20],
    ['%', 1],
    ['X.', 2],
    ['X-', 2],
    ['X1.2.3', 1],
    ['N-1', 4],
    ['S-1', 4],
    ['T-1', 4],
    ['G4P-1', 4],
    ['G10L2P7X1', 29],
    ['G53G2X1I1F100', 30],
    ['G80X1', 31],
    ['G2Z1I1F100', 32],
    ['G2X2I5F100', 33],
    ['G2X0Y0R5F100', 33],
    ['G2X10R1F100', 34],
    ['G2X1F100', 35],
    ['G0X1P2', 36],
    ['G0X1I2', 36],
    ['R1', 36],
    ['G43.1X1', 37],
    ['T256', 38],
  ])('answers %j with error:%i', (line, code) => {
    const {wire} = start();
    expect(wire.send(`${line}\n`)).toBe(`error:${code}\r\n`);
  });

  it('prints the 34 settings of the sheet', () => {
    const lines = start().wire.send('$$\n').split('\r\n');
    expect(lines.slice(34)).toEqual(['ok', '']);
    expect(lines.slice(0, 34)).toEqual(
      (
        '$0=10 $1=25 $2=0 $3=0 $4=0 $5=0 $6=0 $10=1 $11=0.010 $12=0.002 $13=0 $20=0 $21=0 $22=0 $23=0 $24=25.000 ' +
        '$25=500.000 $26=250 $27=1.000 $30=1000 $31=0 $32=0 $100=250.000 $101=250.000 $102=250.000 $110=500.000 ' +
        '$111=500.000 $112=500.000 $120=10.000 $121=10.000 $122=10.000 $130=200.000 $131=200.000 $132=200.000'
      ).split(' '),
    );
  });

  it.each([
    ['$4=256', '$4=0'],
    ['$4=7', '$4=1'],
    ['$1=300', '$1=44'],
    ['$0=259.9', '$0=3'],
    ['$26=300', '$26=44'],
    ['$3=-0', '$3=0'],
    ['$100=80.12345678', '$100=80.123'],
    ['$101.9=80', '$101=80.000'],
    ['$-155=80', '$101=80.000'],
  ])('stores eight bits of %j: %j', (line, kept) => {
    const {wire} = start();
    expect(wire.send(`${line}\n`)).toBe('ok\r\n');
    expect(wire.send('$$\n').split('\r\n')).toContain(kept);
  });

  it('switches soft limits off with homing, and sees 256 as off', () => {
    const {wire} = start();
    expect(wire.send('$22=1\n$20=1\n$22=256\n')).toBe('ok\r\nok\r\nok\r\n');
    expect(wire.send('$$\n')).toContain('$20=0\r\n$21=0\r\n$22=0\r\n');
  });

  it('stays in Home after a homing command with something behind it, until it is reset', () => {
    const {wire} = start({settings: new Map([[22, 1]])});
    wire.send('$X\n');
    expect(wire.send('$HX\n')).toBe('error:3\r\n');
    expect(wire.send('?')).toMatch(/^<Home\|/);
    expect(wire.send('$1=25\n')).toBe('error:8\r\n');
    expect(wire.send(ctrlX)).toBe(`ALARM:6\r\n${banner}${unlock}`);
  });

  it('forgets the tool with every line, and tells new offsets only of the active system', () => {
    const {wire} = start();
    wire.send('T5\n');
    expect(wire.send('$G\n')).toContain('T5 ');
    wire.send('G0\n');
    expect(wire.send('$G\n')).toContain('T0 ');
    wire.send('?');
    wire.send('?');
    wire.send('G10L2P2X7\n');
    expect(wire.send('?')).not.toContain('WCO');
    wire.send('G10L2P1X7\n');
    expect(wire.send('?')).toContain('|WCO:7.000');
  });

  it('locks when it starts with a limit switch pressed and hard limits on', () => {
    const {greeting, status} = start({
      settings: new Map([[21, 1]]),
      body: {startMm: [0, -100, -100], travelMm: [200, 200, 200], hasSwitches: true},
    });
    expect(greeting).toBe(`${banner}[MSG:Check Limits]\r\n${unlock}`);
    expect(status()).toMatch(/^<Alarm/);
  });

  it('keeps settings, offsets and start-up lines over a reset, but not G92', () => {
    const {wire} = start();
    wire.send('$110=1000\nG10L2P1X5\nG92X1\n$N0=G54G20\n', 1);
    expect(wire.send('$N\n')).toBe('$N0=G54G20\r\n$N1=\r\nok\r\n');
    expect(wire.send(ctrlX)).toBe(`${banner}>G54G20:ok\r\n`);
    const parameters = wire.send('$#\n');
    expect(parameters).toContain('[G54:5.000,0.000,0.000]\r\n[G55:0.000');
    expect(parameters).toMatch(
      /\[G92:0.000,0.000,0.000\]\r\n\[TLO:0.000\]\r\n\[PRB:0.000,0.000,0.000:0\]\r\nok\r\n$/,
    );
    expect(wire.send('$$\n')).toContain('$110=1000.000\r\n');
  });

  it('reports WCO first, Ov next, then neither until the tenth', () => {
    const {wire} = start();
    expect(wire.send('?')).toBe('<Idle|MPos:0.000,0.000,0.000|FS:0,0|WCO:0.000,0.000,0.000>\r\n');
    expect(wire.send('?')).toBe('<Idle|MPos:0.000,0.000,0.000|FS:0,0|Ov:100,100,100>\r\n');
    for (let i = 0; i < 8; i++) expect(wire.send('?')).toBe('<Idle|MPos:0.000,0.000,0.000|FS:0,0>\r\n');
    expect(wire.send('?')).toContain('|WCO:');
    wire.send('G92X1\n');
    expect(wire.send('?')).toContain('|WCO:-1.000,0.000,0.000>');
  });

  it('shows work positions and buffers as $10 says, and inches', () => {
    const {wire} = start();
    wire.send('G92X1\n$10=2\n');
    expect(wire.send('?')).toBe('<Idle|WPos:1.000,0.000,0.000|Bf:15,128|FS:0,0|WCO:-1.000,0.000,0.000>\r\n');
    wire.send('$13=1\n');
    expect(wire.send('?')).toContain('WPos:0.0394,0.0000,0.0000|Bf:15,128|FS:0.0,0|');
  });

  it('takes real-time bytes out of the middle of a line and drops other bytes above 0x7f', () => {
    const {wire} = start();
    expect(wire.send([...Buffer.from('G0?X'), 0xc3, 0xa9, ...Buffer.from('1\n')])).toMatch(
      /^<Idle\|.*>\r\nok\r\n$/,
    );
  });

  it('executes G10 L20, G28, G30 and tool offsets', () => {
    const {wire, status} = start({
      settings: new Map([
        [110, 6000],
        [111, 6000],
        [120, 1000],
        [121, 1000],
      ]),
    });
    wire.send('G0X10Y5\nG28.1\nG0X0Y0\nG10L20P1X3\n', 10);
    expect(wire.send('$#\n')).toContain('[G54:-3.000,0.000,0.000]');
    expect(wire.send('$#\n')).toContain('[G28:10.000,5.000,0.000]');
    wire.send('G91G28X1\n', 10);
    expect(status()).toContain('MPos:10.000,0.000,0.000');
    wire.send('G43.1Z2\n');
    expect(wire.send('$#\n')).toContain('[TLO:2.000]');
  });
});
