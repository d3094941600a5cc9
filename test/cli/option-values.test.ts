import {Command} from 'commander';
import {expect, test} from 'vitest';
import {
  axisLimits,
  checkedOption,
  countNumber,
  finiteNumber,
  frequencyList,
  materialPoints,
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

/** What a command makes of an option as it stands on the command line. */
function optionValue(flags: string, parse: (text: string, unit: string) => unknown, text: string): unknown {
  const command = new Command().exitOverride().configureOutput({writeErr: () => undefined});
  command.addOption(checkedOption(flags, '', parse)).parse([flags.split(' ')[0], text], {from: 'user'});
  return Object.values(command.opts())[0];
}

test.each([
  ['--x-mm <mm>', finiteNumber, '0,5', 0.5],
  ['--x-mm <mm>', finiteNumber, '-0,5', -0.5],
  ['--x-mm <mm>', finiteNumber, '\u22120.5', -0.5],
  ['--x-mm <mm>', finiteNumber, '1.000,5', 1000.5],
  ['--x-mm <mm>', finiteNumber, '1,000.5', 1000.5],
  ['--x-mm <mm>', finiteNumber, '5e-1', 0.5],
  ['--x-mm <mm>', finiteNumber, '500 um', 0.5],
  ['--x-mm <mm>', finiteNumber, '1.234', 1.234],
  ['--pitch-mm <number>', finiteNumber, '0,4mm', 0.4],
  ['--single-step <mm>', positiveNumber, '1 cm', 10],
  ['--frequency-ghz <number>', finiteNumber, '0.4 THz', 400],
  ['--count <n>', countNumber, '1 000', 1000],
  ['--center-mm <x,y>', positionXy, '1,5', {xMm: 1, yMm: 5}],
  ['--center-mm <x,y>', positionXy, '1,5;-2,5', {xMm: 1.5, yMm: -2.5}],
  ['--center-mm <x,y>', positionXy, '0.5 mm, 500 um', {xMm: 0.5, yMm: 0.5}],
  ['--further-ghz <list>', frequencyList, '350, 0.325 THz', [3.5e11, 3.25e11]],
  [
    '--dispersion <list>',
    materialPoints,
    '350:1.73:0.028',
    [{frequencyHz: 3.5e11, refractiveIndex: 1.73, extinction: 0.028}],
  ],
  ['--limits-mm <limits>', axisLimits, 'x=-0,5:0,5;y=0:20', {x: [-0.5, 0.5], y: [0, 20]}],
] as const)('%s takes what a person writes (%#)', (flags, parse, text, value) => {
  expect(optionValue(flags, parse, text)).toEqual(value);
});

test.each([
  ['--x-mm <mm>', finiteNumber, '1,234', /can mean 1\.234 or 1234/],
  ['--x-mm <mm>', finiteNumber, '0.5 s', /s is not mm/],
  ['--x-mm <mm>', finiteNumber, '0x10', /not a unit/],
  ['--x-mm <mm>', finiteNumber, '1.2.3', /not one number/],
  ['--x-mm <mm>', finiteNumber, '1e999', /too large/],
  ['--count <n>', countNumber, '5 mm', /write the number alone/],
  ['--center-mm <x,y>', positionXy, '1,5,2,5', /10;-2,5 with decimal commas/],
  ['--center-mm <x,y>', positionXy, '1,234;5', /can mean/],
  ['--limits-mm <limits>', axisLimits, 'x=-0,5:0,5', /x=-50:50/],
  ['--limits-mm <limits>', axisLimits, 'x=0:1,x=0:2', /x=-50:50/],
] as const)('%s refuses what could mean another number (%#)', (flags, parse, text, reason) => {
  expect(() => optionValue(flags, parse, text)).toThrow(reason);
});

test.each([
  ['finiteNumber', finiteNumber, ['', ' ', 'abc', 'NaN', 'Infinity', '1mm', '0x10', '1,234', '--5', '1.2.3']],
  ['positiveNumber', positiveNumber, ['0', '-1', 'x', 'Infinity']],
  ['wholeNumber', wholeNumber, ['1.5', '-1', '1e30', '']],
  ['countNumber', countNumber, ['0', '2.5']],
  ['positionXy', positionXy, ['1', '1,2,3', 'a,b', ',']],
  ['axisLimits', axisLimits, ['x=50:-50', 'w=0:1', 'x=0', 'x=a:b', '']],
  ['nameAndValue', nameAndValue, ['name', '=1']],
] as const)('%s refuses anything else', (_name, parse, texts) => {
  for (const text of texts) expect(() => parse(text), text).toThrow();
});
