import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, describe, expect, it} from 'vitest';
import {benchErrorFrom} from '../../../src/contract/errors.ts';
import {readBenchFile} from '../../../src/host/bench/bench-file.ts';
import {parseBenchFile} from '../../../src/host/bench/parse-bench-file.ts';
import {fileLimitBytes} from '../../../src/host/files/file-limits.ts';

const example = readFileSync(
  fileURLToPath(new URL('../../../benches/example.yaml', import.meta.url)),
  'utf8',
);
const folder = mkdtempSync(join(tmpdir(), 'd2nn-bench-file-'));
afterAll(() => rmSync(folder, {recursive: true}));

const fileOf = (content: string | Uint8Array): string => {
  const path = join(folder, 'bench.yaml');
  writeFileSync(path, content);
  return path;
};
const problemOf = async (path: string): Promise<string> => {
  try {
    await readBenchFile(path);
    return '';
  } catch (error) {
    const {code, message} = benchErrorFrom(error);
    return `${code}: ${message}`;
  }
};
/** What is said of the example with one line changed; it must have the line. */
const changed = (from: string, to: string): string => {
  if (!example.includes(from)) throw new Error(`The example has no "${from}".`);
  return example.replace(from, to);
};
const parseProblem = (text: string): string => {
  try {
    parseBenchFile(new TextEncoder().encode(text), 'bench.yaml');
    return '';
  } catch (error) {
    return benchErrorFrom(error).message;
  }
};
const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

it.each(['detector', 'lockin'])(
  'a wrong setting of the detector is told under the key of the file, %s',
  async (key) => {
    const text = changed('\ndetector:', `\n${key}:`).replace(
      /( +)settings:.*(?=\n)/,
      '$&\n$1  noSuchSetting: 1',
    );
    expect(await problemOf(fileOf(text))).toContain(
      `field ${key}.settings.noSuchSetting: sr830 has no such setting`,
    );
  },
);

describe('numbers of a bench file', () => {
  it('of the example are all possible', async () => {
    expect(await problemOf(fileOf(example))).toBe('');
  });

  it.each([
    ['maxPowerDbm: 13', 'maxPowerDbm: 1e9', 'source.maxPowerDbm: 1000000000 is not from -150 to 40 dBm'],
    ['minPowerDbm: -20', 'minPowerDbm: 14', 'minPowerDbm is above maxPowerDbm'],
    ['powerDbm: 10', 'powerDbm: -21', 'powerDbm is below minPowerDbm'],
    ['powerDbm: 10', 'powerDbm: 13.5', 'powerDbm is above maxPowerDbm'],
    ['toleranceMm: 0.01', 'toleranceMm: 1000', 'stage.toleranceMm: 1000 is not above 0 and at most 1 mm'],
    ['toleranceMm: 0.01', 'toleranceMm: 0', 'stage.toleranceMm: 0 is not above 0'],
    ['toleranceMm: 0.01', 'toleranceMm: .inf', 'stage.toleranceMm: Infinity is not above 0'],
    ['toleranceMm: 0.01', 'toleranceMm: .nan', 'stage.toleranceMm: NaN is not above 0'],
    ['toleranceMm: 0.01', 'toleranceMm: "0.01"', 'stage.toleranceMm: "0.01" is not above 0'],
    ['tcpPort: 5025', 'tcpPort: 75025', 'source.link.tcpPort: 75025 is not a whole number from 1 to 65535'],
    ['host: 192.168.1.20\n    tcpPort: 5025', 'port: 192.168.1.20:75025', 'write host and tcpPort'],
    ['baudRate: 9600', 'baudRate: 9', 'detector.link.baudRate: 9 is not a whole number from 50'],
    ['limitsMm: [-50, 50]', 'limitsMm: [50, -50]', 'the first number must be the smaller'],
    ['limitsMm: [-50, 50]', 'limitsMm: [-5e7, 50]', '-50000000 is not from -10000 to 10000 mm'],
    ['originMm: -60', 'originMm: -60000000', 'is not from -10000 to 10000 mm'],
    ['backlashMm: 0.2', 'backlashMm: -0.2', 'stage.backlashMm: -0.2 is not from 0 to 10 mm'],
    ['feedMmPerMin: 1500', 'feedMmPerMin: 0', 'stage.feedMmPerMin: 0 is not above 0'],
    ['multiplier: 36', 'multiplier: 0', 'source.multiplier: 0 is not a whole number from 1 to 1000'],
    ['outputFrequencyHz: 4.0e11', 'outputFrequencyHz: 400', 'outputFrequencyHz: 400 is not from 1000000'],
    ['modulationHz: 1000', 'modulationHz: -1', 'source.modulationHz: -1 is not from 0.001'],
    ['warmUpS: 60', 'warmUpS: 1e6', 'source.warmUpS: 1000000 is not from 0 to 86400 s'],
    ['mmPerStep: 0.000047625', 'mmPerStep: 47', 'axes.x.mmPerStep: 47 is not above 0 and at most 10 mm'],
    ['limitsDeg: [-5, 5]', 'limitsDeg: [-5, 5000]', '5000 is not from -360 to 360 deg'],
    ['address: 1', 'address: 100', 'address: 100 is not a whole number from 1 to 99'],
    ['radiusMm: 30', 'radiusMm: 0', 'illumination.radiusMm: 0 is not above 0'],
    ['tiltXDeg: 0', 'tiltXDeg: 180', 'illumination.tiltXDeg: 180 is not from -89 to 89 deg'],
    ['widthMm: 0.56', 'widthMm: 56000', 'probe.widthMm: 56000 is not above 0 and at most 1000 mm'],
  ])('%s -> %s is refused', (from, to, text) => {
    const bench = changed(from, to);
    const problem = parseProblem(bench);
    expect(problem).toContain(text);
    // The line stands with it, where the fault has one.
    expect(problem).toMatch(/line \d+, field /);
  });
});

describe('a bench file', () => {
  it.each([
    ['driver: grbl', 'driver: grbll', /stage\.driver: there is no driver "grbll" for a stage; there is grbl/],
    [
      'driver: sr830',
      'driver: grbl',
      /detector\.driver: grbl is for a stage, not for a detector; there is .*sr830/,
    ],
    [
      'timeConstantS: 0.03',
      'timeConstant: 0.03',
      /detector\.settings\.timeConstant: sr830 has no such setting/,
    ],
    [
      'timeConstantS: 0.03',
      'timeConstantS: 0.05',
      /detector\.settings\.timeConstantS: .*0\.05 s was refused/,
    ],
  ])('with %s -> %s fails the check before anything is opened', async (from, to, message) => {
    expect(await problemOf(fileOf(changed(from, to)))).toMatch(message);
  });

  it('names lines of keys that it does not know or has twice, and of wrong syntax', () => {
    const typed = changed('backlashMm: 0.2', 'backlasMm: 0.2').replace('warmUpS:', 'warmupS:');
    const problem = parseProblem(typed);
    expect(problem).toContain(
      `line ${lineOf(typed, 'backlasMm')}, field stage: Unrecognized key: "backlasMm"`,
    );
    expect(problem).toContain(`line ${lineOf(typed, 'warmupS')}, field source: Unrecognized key: "warmupS"`);
    const doubled = changed('powerDbm: 10 ', 'powerDbm: 10\n  powerDbm: 12 ');
    expect(parseProblem(doubled)).toContain(
      `line ${lineOf(doubled, 'powerDbm: 12')}: a key is given twice here`,
    );
    expect(parseProblem(changed('driver: grbl', 'driver: [grbl'))).toMatch(/line \d+: /);
    expect(parseProblem(`${example}---\na: 1\n`)).toMatch(/multiple documents/);
  });

  it('names two instruments that cannot be told apart', () => {
    expect(parseProblem(changed('driver: sr830', 'driver: sr830\n  role: stage'))).toContain(
      'two instruments have the role "stage"',
    );
    const port = '/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0';
    const doubled = changed('/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0', port);
    expect(parseProblem(doubled)).toContain(`${port} is given to stage and to detector`);
  });

  it('in another encoding is told of as what it is', async () => {
    const latin1 = Buffer.from(changed('# Lengths in mm', '# L\xe4ngen in mm'), 'latin1');
    expect(await problemOf(fileOf(latin1))).toMatch(
      /line \d+ holds the byte 0xE4.*Latin-1.*save it as UTF-8/,
    );
    expect(await problemOf(fileOf(Buffer.from(`\uFEFF${example}`, 'utf16le')))).toContain(
      'saved as UTF-16 (little-endian); save it as UTF-8',
    );
    expect(await problemOf(fileOf(`\uFEFF${example}`))).toBe('');
  });

  it('that is too large, no file, or nothing is refused without being read', async () => {
    expect(await problemOf(fileOf('#'.repeat(fileLimitBytes.benchFile + 1)))).toMatch(
      /at most 256 kB are read/,
    );
    expect(await problemOf(folder)).toContain('it is a folder, not a file');
    expect(await problemOf(join(folder, 'none.yaml'))).toMatch(/^file\/not-found: .*ENOENT/);
    if (process.platform === 'win32') return;
    expect(await problemOf('/dev/zero')).toContain('it is a device, not a file');
    // Opening a pipe that nobody writes to would wait for ever.
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(await problemOf(pipe)).toContain('it is a device, not a file');
  });
});
