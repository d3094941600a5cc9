import {describe, expect, it} from 'vitest';
import {
  foundLines,
  foundSentence,
  foundStack,
  turnText,
} from '../../../src/renderer/features/align/placed-parts.ts';
import {detail} from './fixtures.ts';

const {parts, frame} = foundStack(detail);
const partNamed = (label: string) => {
  const found = parts.find((part) => part.label === label);
  if (!found) throw new Error(`no ${label}`);
  return found;
};

describe('parts of a result for its drawings', () => {
  it('stand in the order of the beam, the object first', () => {
    expect(parts.map(({label, zMm}) => [label, zMm])).toEqual([
      ['object', 0],
      ['plate 1', 30],
      ['plate 2', 60],
    ]);
  });

  it('draw the object as large as its mask', () => {
    expect(partNamed('object').sideMm).toBeCloseTo(44.8, 6);
  });

  it('have the error bars of numbers that the planes tell, and no others', () => {
    expect(partNamed('plate 1').dzMm).toEqual({value: 0.5, sigma: 0.04});
    expect(partNamed('plate 2').dzMm).toEqual({value: 1.7, sigma: null});
  });

  it('have the ellipse of their own part', () => {
    expect(partNamed('plate 1').ellipse?.angleDeg).toBe(30);
    expect(partNamed('object').ellipse).toBeNull();
  });

  it('leave the scan frame, whose zero may be anywhere, to words', () => {
    expect(frame.zMm).toBe(90);
    expect(foundSentence(frame).replaceAll('\u202f', ' ')).toBe(
      'scan frame: x +0.400 ±0.030 mm, y +0.200 ±0.030 mm, turn +0.020 ±0.010 deg',
    );
  });

  it('say what is not told instead of a number', () => {
    const lines = foundLines(partNamed('plate 2'));
    expect(lines.find(({label}) => label === 'z')?.text).toBe('not determined by these planes');
  });

  it('say all of it in a sentence, with a mirrored plate', () => {
    const words = foundSentence(partNamed('plate 2')).replaceAll('\u202f', ' ');
    expect(words).toContain('x \u22120.050 ±0.020 mm');
    expect(words).toContain('mirrored left-right');
  });

  it('tell tilts that were looked for, and none of others', () => {
    const tilt = {name: 'plate2.tiltX', value: 0.5, sigma: 0.03, unit: 'deg', identifiable: true} as const;
    const other = {...tilt, name: 'plate2.tiltY', identifiable: false};
    const {result} = detail;
    const stack = foundStack({
      ...detail,
      result: {...result, parameters: [...result.parameters, tilt, other]},
    });
    const lines = foundLines(stack.parts[2]).map(({label, text}) => [label, text.replaceAll('\u202f', ' ')]);
    expect(lines.slice(-2)).toEqual([
      ['tilt x', '+0.500 ±0.030 deg'],
      ['tilt y', 'not determined by these planes'],
    ]);
    expect(foundLines(partNamed('plate 2')).map(({label}) => label)).not.toContain('tilt x');
  });

  it('call the object that was held still the origin', () => {
    expect(foundSentence(partNamed('object'))).toBe('object: the origin');
  });
});

it('says in words how a part is put in, and which plate stands in another place', () => {
  expect(turnText({})).toBe('');
  expect(turnText({flipX: true})).toBe('mirrored left-right');
  expect(turnText({flipX: true, flipY: true, quarterTurns: 1})).toBe('turned by 270 degrees (x to y)');
  expect(turnText({flipY: true, quarterTurns: 1})).toBe('mirrored top-bottom, turned by 90 degrees (x to y)');
  expect(turnText({plate: 3})).toBe('plate 3 stands here');
});
