import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {describe, expect, it} from 'vitest';
import {parse} from 'yaml';
import {benchFileSchema} from '../../src/contract/bench-file.ts';
import {firstIssueText} from '../../src/contract/schema-issue.ts';

const example = parse(
  readFileSync(fileURLToPath(new URL('../../benches/example.yaml', import.meta.url)), 'utf8'),
) as Record<string, unknown>;

const x = (axis: number, more: object = {}) => ({axis, mmPerStep: 0.000047625, limitsMm: [-3, 3], ...more});
const problemOf = (mount: unknown): string => {
  const parsed = benchFileSchema.safeParse({...example, mount});
  return parsed.success ? '' : firstIssueText(parsed.error);
};
const chain = {driver: 'zaber', link: {port: '/dev/ttyUSB3'}};

describe('mounts in a bench file', () => {
  it('stand in the example, with limits and the size of a correction', () => {
    const {mount} = benchFileSchema.parse(example);
    expect(mount?.plates.length).toBeGreaterThan(1);
    for (const {axes} of mount?.plates ?? []) expect(axes.x?.maxCorrectionMm).toBeGreaterThan(0);
  });

  it('need not carry every plate, and are bounded without being told', () => {
    const {mount} = benchFileSchema.parse({
      ...example,
      mount: {...chain, plates: [{plate: 4, address: 1, axes: {x: x(1)}}]},
    });
    expect(mount?.plates[0]).toMatchObject({plate: 4, axes: {x: {maxCorrectionMm: 1, direction: 1}}});
  });

  it.each([
    [
      'two plates at one address',
      [
        {address: 1, axes: {x: x(1)}},
        {address: 1, axes: {x: x(2)}},
      ],
      'address 1 is given to two plates',
    ],
    ['an axis twice', [{address: 1, axes: {x: x(1), y: x(1)}}], 'axis 1 of the controller is given twice'],
    [
      'a plate twice',
      [
        {address: 1, axes: {x: x(1)}},
        {plate: 1, address: 2, axes: {x: x(1)}},
      ],
      'plate 1 has two mounts',
    ],
    ['a plate without axis', [{address: 1, axes: {}}], 'at least one axis'],
    [
      'limits the wrong way round',
      [{address: 1, axes: {x: x(1, {limitsMm: [3, -3]})}}],
      'the first number must be the smaller',
    ],
    ['no size of a step', [{address: 1, axes: {x: {axis: 1, limitsMm: [-3, 3]}}}], 'mmPerStep'],
    ['a correction of nothing', [{address: 1, axes: {x: x(1, {maxCorrectionMm: 0})}}], 'maxCorrectionMm'],
    ['no plates', [], 'plates'],
  ])('are refused with a sentence: %s', (_name, plates, text) => {
    expect(problemOf({...chain, plates})).toContain(text);
  });
});

describe('the detector of a bench file', () => {
  const {detector, ...others} = example;

  it('may be called lockin, as in files of before: its role is lockin then', () => {
    expect(benchFileSchema.parse(example).detector).toMatchObject({role: 'detector', driver: 'sr830'});
    const before = benchFileSchema.parse({...others, lockin: detector});
    expect(before.detector).toMatchObject({role: 'lockin', driver: 'sr830'});
    expect(before).not.toHaveProperty('lockin');
    // What the program writes it can read.
    expect(benchFileSchema.parse(before)).toEqual(before);
  });

  it.each([
    [
      'twice',
      {...example, lockin: {driver: 'sr830', link: {port: 'COM9'}}},
      'field lockin: give detector or lockin',
    ],
    ['nowhere', others, 'field detector: what reads the light is missing'],
    ['with a wrong field under the name before', {...others, lockin: {driver: 'sr830'}}, 'field lockin.link'],
  ])('is refused where it stands %s, by the name that the file uses', (_where, file, text) => {
    const parsed = benchFileSchema.safeParse(file);
    expect(parsed.success ? '' : firstIssueText(parsed.error)).toContain(text);
  });
});
