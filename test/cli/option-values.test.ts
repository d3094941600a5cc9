import {expect, test} from 'vitest';
import {
  axisLimits,
  countNumber,
  finiteNumber,
  nameAndValue,
  positionXy,
  positiveNumber,
  wholeNumber,
} from '../../src/cli/option-values.ts';

test('numbers are numbers', () => {
  expect(finiteNumber('-1.5e-3')).toBe(-0.0015);
  expect(positiveNumber('0.5')).toBe(0.5);
  expect(wholeNumber('0')).toBe(0);
  expect(countNumber('3')).toBe(3);
  expect(positionXy('10,-2.5')).toEqual({xMm: 10, yMm: -2.5});
  expect(axisLimits('x=-50:50,Y=0:20')).toEqual({x: [-50, 50], y: [0, 20]});
  expect(nameAndValue('name=a=b')).toEqual(['name', 'a=b']);
});

test.each([
  ['finiteNumber', finiteNumber, ['', ' ', 'abc', 'NaN', 'Infinity', '1mm']],
  ['positiveNumber', positiveNumber, ['0', '-1', 'x', 'Infinity']],
  ['wholeNumber', wholeNumber, ['1.5', '-1', '1e30', '']],
  ['countNumber', countNumber, ['0', '2.5']],
  ['positionXy', positionXy, ['1', '1,2,3', 'a,b', ',']],
  ['axisLimits', axisLimits, ['x=50:-50', 'w=0:1', 'x=0', 'x=a:b', '']],
  ['nameAndValue', nameAndValue, ['name', '=1']],
] as const)('%s refuses anything else', (_name, parse, texts) => {
  for (const text of texts) expect(() => parse(text), text).toThrow();
});
