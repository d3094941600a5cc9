import {existsSync, readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {describe, expect, it} from 'vitest';
import {drivers} from '../../drivers/index.ts';

/** Unit as shown, and how a parameter's name must end to carry it. */
const units: Readonly<Record<string, string>> = {
  '': '',
  V: 'V',
  Hz: 'Hz',
  s: 'S',
  ms: 'Ms',
  deg: 'Deg',
  dBm: 'Dbm',
  dB: 'Db',
  'dB/oct': 'DbPerOctave',
  '%': 'Percent',
  mm: 'Mm',
  'mm/min': 'MmPerMin',
  'mm/s^2': 'MmPerS2',
  'steps/mm': 'StepsPerMm',
  rpm: 'Rpm',
  PLC: 'Plc',
};
const root = fileURLToPath(new URL('../../', import.meta.url));

it('names every driver once', () => {
  const names = drivers.map(({name}) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining(['sr830', 'grbl', 'scpi-source']));
});

describe.each(drivers.map((driver) => [driver.name, driver] as const))('driver %s', (_name, driver) => {
  it('has a page that names its manual', () => {
    expect(driver.manual.length).toBeGreaterThan(10);
    expect(existsSync(`${root}${driver.docs}`)).toBe(true);
    expect(readFileSync(`${root}${driver.docs}`, 'utf8')).toMatch(/## Sources/);
  });

  it('names parameters and actions once', () => {
    const names = [...driver.parameters, ...driver.actions].map(({name}) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it.each(driver.parameters.map((parameter) => [parameter.name, parameter] as const))(
    'declares %s with unit, label and what is allowed',
    (name, parameter) => {
      expect(name).toMatch(/^[a-z][A-Za-z0-9]*$/);
      expect(parameter.label).toMatch(/\S/);
      expect(Object.keys(units)).toContain(parameter.unit);
      expect(name.endsWith(units[parameter.unit] ?? '?')).toBe(true);
      expect(parameter.read ?? parameter.write).toBeDefined();
      if (parameter.kind === 'number' || parameter.kind === 'integer') {
        const [minimum, maximum] = parameter.range ?? [1, 0];
        expect(minimum).toBeLessThan(maximum);
      }
      if (parameter.kind === 'choice') expect(new Set(parameter.choices).size).toBeGreaterThan(1);
      if (parameter.kind === 'flag') expect(name).toMatch(/^(is|has|are)[A-Z]/);
    },
  );

  it('reads back what it writes, at both ends of every range and for every choice', () => {
    const source = {from: driver.name, asked: 'test'};
    for (const parameter of driver.parameters.filter(({isReadOnly}) => !isReadOnly)) {
      const values = parameter.choices ?? parameter.range ?? [true, false];
      for (const value of values) {
        const checked = parameter.check(value);
        expect(parameter.isSame(checked, parameter.parse(parameter.format(checked), source))).toBe(true);
        expect(parameter.check(String(value))).toEqual(checked);
      }
      if (parameter.range === undefined) continue;
      const [minimum, maximum] = parameter.range;
      const step = Math.max(1, (maximum - minimum) / 1000);
      for (const value of [
        minimum - step,
        maximum + step,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        'x',
        '',
        null,
      ])
        expect(() => parameter.check(value)).toThrow(parameter.name);
    }
  });

  it('declares a link that can work', () => {
    const {link} = driver;
    expect(link.timeoutMs).toBeGreaterThan(0);
    expect(link.quietMs).toBeGreaterThan(0);
    expect(link.maxLineBytes).toBeGreaterThan(100);
    expect(link.style === 'streamed').toBe(link.isResponse !== undefined);
  });
});
